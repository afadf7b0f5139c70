import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ServerCredentials, status } from '@grpc/grpc-js';
import { TestAuthority } from '../support/certificates.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { isError, ParrotClient, ParrotServer, type Words } from '../support/grpc-parrot.ts';
import { service, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** gRPC over TLS from the client to the upstream, with HTTP/2 agreed on by ALPN on both sides. */

const authority = new TestAuthority();
const inner = authority.server({ dns: ['localhost'] });
const pair = { private_key: Buffer.from(inner.key), cert_chain: Buffer.from(inner.cert) };
const parrot = await ParrotServer.start(() => {}, ServerCredentials.createSsl(null, [pair]));

function grpc(name: string, trustedCAs: readonly string[]) {
  const config = { upstream: { url: `https://localhost:${parrot.port}` }, tls: { trustedCAs } };
  return service(name, { mode: 'GRPC', isAnonymous: true, config });
}

const directory = temporaryDirectory();
const outer = authority.server({ dns: [`safe.${DOMAIN}`, `wary.${DOMAIN}`] });
const files = { cert: join(directory, 'tls.crt'), key: join(directory, 'tls.key') };
for (const part of ['cert', 'key'] as const) writeFileSync(files[part], outer[part]);
const gateway = await GatewayProcess.start({
  files: { 'all.yaml': yaml(grpc('safe', [authority.ca]), grpc('wary', [new TestAuthority('Another').ca])) },
  args: ['--tls-cert', files.cert, '--tls-key', files.key],
});

function client(name: string): ParrotClient {
  return new ParrotClient(gateway.port, `${name}.${DOMAIN}`, authority.ca);
}

test('a unary call, its metadata and trailers', async () => {
  const outcome = await client('safe').say({ text: 'hello' });
  assert.ok(!isError(outcome), String(outcome));
  assert.equal(outcome.answer.text, 'said: hello');
  assert.deepEqual(outcome.trailers.get('x-trailer'), ['yes']);
});

test('a conversation, message by message', async () => {
  const call = client('safe').chat();
  for (const text of ['one', 'two']) {
    call.write({ text });
    const [said] = (await once(call, 'data')) as [Words];
    assert.equal(said.text, `said: ${text}`);
  }
  call.end();
  await once(call, 'end');
});

test('an upstream whose certificate nobody trusts is UNAVAILABLE, and hears of nothing', async () => {
  const before = parrot.seen.length;
  const outcome = await client('wary').say({ text: 'secret' });
  assert.ok(isError(outcome));
  assert.deepEqual(
    [outcome.code, outcome.metadata.get('x-ostiary-reason')],
    [status.UNAVAILABLE, ['upstream-unreachable']],
  );
  assert.equal(parrot.seen.length, before);
});
