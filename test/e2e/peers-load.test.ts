import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after } from 'node:test';
import { TestAuthority } from '../support/certificates.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { runH2load, runWrk, testWith } from '../support/peers.ts';
import { open, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const REQUESTS = 2000;
const host = `site.${DOMAIN}`;
let asked = 0;

const upstream = createServer((request, response) => {
  asked++;
  request.resume().on('end', () => response.end('some text'));
}).listen(0, '127.0.0.1');
after(() => upstream.close().closeAllConnections());
await new Promise((resolve) => upstream.once('listening', resolve));
const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
const files = { 'a.yaml': yaml(open('site', url, {}, { listenHTTP2: true })) };

const directory = temporaryDirectory();
const { cert, key } = new TestAuthority().server({ dns: [host] });
const [certFile, keyFile] = [join(directory, 'cert'), join(directory, 'key')];
writeFileSync(certFile, cert);
writeFileSync(keyFile, key);
const body = join(directory, 'body');
writeFileSync(body, 'x'.repeat(20_000));

const quiet = ['--access-log', '/dev/null'];
const gateway = await GatewayProcess.start({ files, args: quiet });
const secure = await GatewayProcess.start({ files, args: [...quiet, '--tls-cert', certFile, '--tls-key', keyFile] });

const H2 = [
  ['cleartext', 'http', gateway],
  ['TLS', 'https', secure],
] as const;

/** Each request of a load comes to the upstream once. */
async function counted(run: () => Promise<{ succeeded: number; failed: number }>): Promise<number> {
  asked = 0;
  const { succeeded, failed } = await run();
  assert.equal(failed, 0);
  return succeeded;
}

for (const [name, scheme, { port }] of H2) {
  for (const [what, more] of [
    ['requests', []],
    ['uploads', ['-d', body]],
  ] as const) {
    testWith('h2load', `h2load over ${name}: none of many ${what} in parallel streams fails`, async () => {
      const shape = ['-n', String(REQUESTS), '-c', '8', '-m', '16', `--connect-to=127.0.0.1:${port}`];
      const succeeded = await counted(() => runH2load([...shape, ...more, `${scheme}://${host}:${port}/`]));
      assert.deepEqual([succeeded, asked], [REQUESTS, REQUESTS]);
    });
  }
}

for (const connections of [1, 64]) {
  testWith('wrk', `wrk over ${connections} kept connections: no request fails`, async () => {
    const shape = ['-t1', `-c${connections}`, '-d1', '-H', `Host: ${host}:${gateway.port}`];
    const succeeded = await counted(() => runWrk([...shape, `http://127.0.0.1:${gateway.port}/`]));
    assert.ok(succeeded > 100, String(succeeded));
    // wrk goes without waiting for the last ones, and without counting answers that it has not read yet.
    assert.ok(asked >= succeeded && asked <= succeeded + 2 * connections, `${asked} asked, ${succeeded} answered`);
  });
}
