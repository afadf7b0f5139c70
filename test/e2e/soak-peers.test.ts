import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { PathEcho } from '../support/path-echo.ts';
import { type LoadCount, type Peer, runH2load, runWrk, startPeer, testWith } from '../support/peers.ts';
import { open, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** `scripts/soak.ts` asks for more. */
const RELOADS = Number(process.env.SOAK_RELOADS ?? 4);
const DRAINS = Number(process.env.SOAK_DRAINS ?? 2);
const BETWEEN_MS = 200;
const host = `site.${DOMAIN}`;
const args = ['--access-log', '/dev/null'];
const upstream = await PathEcho.start();

function ofVersion(version: number): string {
  const header = { addResponseHeaders: [{ key: 'X-Version', value: String(version) }] };
  return yaml(open('site', upstream.url, {}, { header, listenHTTP2: true }));
}

/** Loads a port again and again, as long as something else lasts. */
async function during(load: (port: number) => Promise<LoadCount>, port: number, work: Promise<void>): Promise<number> {
  let done = false;
  const finished = work.finally(() => {
    done = true;
  });
  let sum = 0;
  while (!done) {
    const { succeeded, failed } = await load(port);
    assert.equal(failed, 0, `${failed} failed, ${succeeded} succeeded`);
    sum += succeeded;
  }
  await finished;
  return sum;
}

const LOADS: readonly (readonly [Peer & ('wrk' | 'h2load'), (port: number) => Promise<LoadCount>])[] = [
  [
    'wrk',
    (port) => runWrk(['-t1', '-c16', '-d2', '--timeout', '10', '-H', `Host: ${host}`, `http://127.0.0.1:${port}/`]),
  ],
  ['h2load', (port) => runH2load(['-n4000', '-c4', '-m8', `--connect-to=127.0.0.1:${port}`, `http://${host}/`])],
];

for (const [peer, load] of LOADS) {
  testWith(peer, `${RELOADS} reloads lose no request of ${peer}`, async (t) => {
    const gateway = await GatewayProcess.start({ args, files: { 'a.yaml': ofVersion(0) } });
    const reloads = async () => {
      for (let version = 1; version <= RELOADS; version++) {
        assert.match(await gateway.write('a.yaml', ofVersion(version)), /is live/);
        await sleep(BETWEEN_MS);
      }
    };
    t.diagnostic(`${await during(load, gateway.port, reloads())} answered, none failed`);
    assert.equal(await gateway.stop(), 0);
  });
}

/** Two gateways behind one HAProxy, as they are replaced one after the other. */
function configuration(ports: { readonly wrk: number; readonly h2load: number }, servers: readonly number[]): string {
  const both = (more: string) => servers.map((port, n) => `  server s${n} 127.0.0.1:${port} ${more}`).join('\n');
  return `global
  nbthread 1
  maxconn 1000
defaults
  mode http
  option redispatch 1
  retries 3
  timeout connect 5s
  timeout client 20s
  timeout server 20s
  default-server check inter 50ms rise 1 fall 1
listen wrk
  bind 127.0.0.1:${ports.wrk}
${both('')}
listen h2load
  bind 127.0.0.1:${ports.h2load} proto h2
${both('proto h2')}
`;
}

async function isAsked(gateway: GatewayProcess): Promise<void> {
  for (let i = 0; i < 500; i++) {
    const { body } = await gateway.admin('/metrics');
    if (/^ostiary_requests_total\{service="site".*\} [1-9]/m.test(body)) return;
    await sleep(20);
  }
  assert.fail('HAProxy does not come back');
}

/** One ends and comes back, then the other. */
async function drainInTurn(gateways: GatewayProcess[]): Promise<void> {
  for (let n = 0; n < DRAINS; n++) {
    for (const gateway of gateways) await isAsked(gateway);
    const at = n % gateways.length;
    const { port } = gateways[at]!;
    assert.equal(await gateways[at]!.stop(), 0);
    gateways[at] = await gateways[at]!.again({ port });
  }
}

for (const [peer, load] of LOADS) {
  testWith('haproxy', `${DRAINS} drains of two gateways behind HAProxy lose no request of ${peer}`, async (t) => {
    const gateways = [
      await GatewayProcess.start({ args, files: { 'a.yaml': ofVersion(0) }, port: await freePort() }),
      await GatewayProcess.start({ args, files: { 'a.yaml': ofVersion(0) }, port: await freePort() }),
    ];
    const ports = { wrk: await freePort(), h2load: await freePort() };
    const path = join(temporaryDirectory(), 'haproxy.cfg');
    writeFileSync(
      path,
      configuration(
        ports,
        gateways.map(({ port }) => port),
      ),
    );
    await startPeer('haproxy', { args: ['-db', '-f', path], port: ports[peer] });
    t.diagnostic(`${await during(load, ports[peer], drainInTurn(gateways))} answered, none failed`);
  });
}
