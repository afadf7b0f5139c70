import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { TestAuthority } from '../support/certificates.ts';
import { freePort } from '../support/free-port.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { startPeer, testWith } from '../support/peers.ts';
import { type Received, RecordingUpstream } from '../support/recording-upstream.ts';
import { type Document, open, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const host = `site.${DOMAIN}`;
const { cert, key } = new TestAuthority().server({ dns: [host] });
const [certFile, keyFile] = [join(directory, 'cert'), join(directory, 'key')];
writeFileSync(certFile, cert);
writeFileSync(keyFile, key);

const upstream = await RecordingUpstream.start('upstream');
const SITE = open('site', upstream.url, {}, { header: { forwardedMode: 'TRANSPARENT' } });

function trusting(address: string): Document {
  return { kind: 'ClusterConfig', metadata: { name: 'default' }, spec: { ingress: { trustedProxies: [address] } } };
}

function start(trusted: string, args: readonly string[] = []): Promise<GatewayProcess> {
  return GatewayProcess.start({ files: { 'a.yaml': yaml(SITE, trusting(trusted)) }, args });
}

const believing = await start('127.0.0.1');
const doubting = await start('192.0.2.1');
const overTls = await start('127.0.0.1', ['--tls-cert', certFile, '--tls-key', keyFile]);

const WAYS = {
  v1: `127.0.0.1:${believing.port} send-proxy`,
  v2: `127.0.0.1:${believing.port} send-proxy-v2`,
  'v1 to a gateway that does not trust': `127.0.0.1:${doubting.port} send-proxy`,
  'v2 to a gateway that does not trust': `127.0.0.1:${doubting.port} send-proxy-v2`,
  'v1 before TLS': `127.0.0.1:${overTls.port} send-proxy ssl verify none sni str(${host})`,
  'v2 before TLS': `127.0.0.1:${overTls.port} send-proxy-v2 ssl verify none sni str(${host})`,
} as const;

type Way = keyof typeof WAYS;

const ports = new Map<Way, number>();
for (const way of Object.keys(WAYS) as Way[]) ports.set(way, await freePort());

function configuration(): string {
  const listeners = [...ports].map(
    ([way, port], n) => `listen l${n}\n  bind 127.0.0.1:${port}\n  http-reuse safe\n  server gateway ${WAYS[way]}\n`,
  );
  return `global
  nbthread 1
  maxconn 256
defaults
  mode http
  retries 0
  timeout connect 5s
  timeout client 20s
  timeout server 20s
${listeners.join('')}`;
}

writeFileSync(join(directory, 'haproxy.cfg'), configuration());
await startPeer('haproxy', { args: ['-db', '-f', join(directory, 'haproxy.cfg')], port: ports.get('v1')! });

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A request from an address of its own. */
function ask(way: Way, localAddress: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { host, 'x-forwarded-for': '203.0.113.9' };
    const to = { host: '127.0.0.1', port: ports.get(way)!, localAddress, headers, agent: false };
    const outgoing = request(to, (incoming) => {
      let body = '';
      incoming.setEncoding('utf8').on('data', (text: string) => (body += text));
      incoming.on('end', () => resolve({ status: incoming.statusCode!, body })).on('error', reject);
    });
    outgoing.on('error', reject).end();
  });
}

for (const way of ['v1', 'v2', 'v1 before TLS', 'v2 before TLS'] as const) {
  testWith('haproxy', `the address that HAProxy states reaches log and upstream (${way})`, async () => {
    for (const address of ['127.0.0.7', '127.0.0.8', '127.0.0.7']) {
      const { status, body } = await ask(way, address);
      assert.equal(status, 200, body);
      const { headers } = JSON.parse(body) as Received;
      // The client is nobody that is trusted, so what it says of itself is not believed.
      assert.equal(headers['x-forwarded-for'], address);
      const gateway = way.endsWith('TLS') ? overTls : believing;
      await gateway.logged(({ clientAddress }) => clientAddress === address);
    }
  });
}

for (const way of ['v1 to a gateway that does not trust', 'v2 to a gateway that does not trust'] as const) {
  testWith('haproxy', `HAProxy that is not trusted is refused, and its upstream is not asked (${way})`, async () => {
    const asked = upstream.received.length;
    const { status } = await ask(way, '127.0.0.7');
    assert.ok([400, 502].includes(status), String(status));
    assert.equal(upstream.received.length, asked);
  });
}
