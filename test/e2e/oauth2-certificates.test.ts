import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { TestAuthority } from '../support/certificates.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { type Answer, type Ask, ask } from '../support/http-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, service, workload, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const authority = new TestAuthority();
const upstream = await RecordingUpstream.start('upstream');
const directory = temporaryDirectory();

function file(name: string, text: string): string {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}

const { cert, key } = authority.server({ subject: [['CN', DOMAIN]], dns: [DOMAIN, `*.${DOMAIN}`] });
const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(ALLOW_ALL, workload('robot'), service('api', { config: { upstream: { url: upstream.url } } }), {
      kind: 'Credential',
      metadata: { name: 'bound' },
      spec: { type: 'OAUTH2', user: 'robot', senderConstraint: 'CERTIFICATE' },
    }),
  },
  args: [
    ...['--tls-cert', file('tls.crt', cert), '--tls-key', file('tls.key', key)],
    ...['--tls-client-ca', file('ca.crt', authority.ca), '--tls-client-certificate', 'optional'],
  ],
});

const ours = new Agent(authority.client({ dns: ['robot.example.org'] }));
const others = new Agent(authority.client({ dns: ['other.example.org'] }));

function asks(agent: Agent | undefined, what: Ask): Promise<Answer> {
  return ask(gateway.port, { ca: authority.ca, ...(agent === undefined ? {} : { agent }), ...what });
}

test('a token that is bound to a client certificate is good on its connections only (RFC 8705)', async () => {
  const args = ['create', 'credential', 'bound', '--user', 'robot', '--type', 'oauth2', '--rotate', '-o', 'json'];
  const { clientId, clientSecret } = JSON.parse(await gateway.command(args));
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(form).toString();
  const request = { host: DOMAIN, path: '/oauth2/token', method: 'POST', headers, body };
  assert.equal((await asks(undefined, request)).status, 400);
  const given = await asks(ours, request);
  assert.equal(given.status, 200, given.body);
  const shown = { host: `api.${DOMAIN}`, headers: bearer(JSON.parse(given.body).access_token) };
  assert.equal((await asks(ours, shown)).status, 200);
  for (const agent of [others, undefined]) {
    const { status, reason } = await asks(agent, shown);
    assert.deepEqual([status, reason], [401, 'token-invalid']);
  }
});
