import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';

/**
 * A body that is slow to come holds a request between its configuration and its upstream. A change of upstream and
 * Secret in that moment must not take the new value to the old upstream.
 */
test('a request that began before a change of upstream and Secret sees neither', async () => {
  const before = await RecordingUpstream.start('before');
  const after = await RecordingUpstream.start('after');
  const gateway = await GatewayProcess.start();
  await apply(gateway, resources(before.url, 'old-credential'));
  const slow = beginPost(gateway.port);
  await slow.sent;
  await apply(gateway, resources(after.url, 'new-credential'));
  slow.finish('}');
  assert.equal(await slow.status, 200);
  assert.equal(before.last.headers.authorization, 'Bearer old-credential');
  assert.deepEqual(after.received, []);
  const next = beginPost(gateway.port);
  next.finish('}');
  assert.equal(await next.status, 200);
  assert.equal(after.last.headers.authorization, 'Bearer new-credential');
});

async function apply(gateway: GatewayProcess, text: string): Promise<void> {
  const { accepted, diagnostics } = await gateway.api.apply({ texts: [{ file: 'in.yaml', text }] });
  assert.ok(accepted, JSON.stringify(diagnostics));
}

function resources(url: string, value: string): string {
  return `
kind: Secret
metadata: {name: upstream}
data: {value: ${value}}
---
kind: Service
metadata: {name: api}
spec:
  mode: HTTP
  isPublic: true
  isAnonymous: true
  config:
    upstream: {url: "${url}"}
    http: {enableRequestBuffering: true, auth: {bearer: {fromSecret: upstream}}}
`;
}

/** Sends half of a body and holds the rest back. */
function beginPost(port: number) {
  const headers = { host: `api.${DOMAIN}`, 'transfer-encoding': 'chunked', expect: '100-continue' };
  const post = request({ host: '127.0.0.1', port, method: 'POST', path: '/', headers });
  const status = new Promise<number | undefined>((resolve, reject) => {
    post.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    post.on('error', reject);
  });
  // The gateway asks for the body once it has chosen to read it, so the snapshot is pinned by then.
  const sent = new Promise<void>((resolve) => post.on('continue', () => post.write('{', () => resolve())));
  post.flushHeaders();
  return { status, sent, finish: (rest: string) => void sent.then(() => post.end(rest)) };
}
