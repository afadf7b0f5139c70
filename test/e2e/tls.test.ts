import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { connect as connectHttp2, type ClientHttp2Session as Session } from 'node:http2';
import { Agent } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { connect } from 'node:tls';
import { type Pair, TestAuthority } from '../support/certificates.ts';
import { ostiary } from '../support/command.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { type Answer, ask } from '../support/http-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { type Document, open, policy, service, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

const authority = new TestAuthority();
const upstream = await RecordingUpstream.start('upstream');
const SITE = open('site', upstream.url, { hosts: ['site.example.org', 'other.example.org'] });

class Files {
  readonly #directory = temporaryDirectory();

  write(name: string, text: string): string {
    const path = join(this.#directory, name);
    writeFileSync(path, text);
    return path;
  }

  pair({ cert, key }: Pair): readonly string[] {
    return ['--tls-cert', this.write('tls.crt', cert), '--tls-key', this.write('tls.key', key)];
  }
}

function pairFor(host: string, commonName = host): Pair {
  return authority.server({ subject: [['CN', commonName]], dns: [host] });
}

function start(resources: readonly Document[], args: readonly string[]): Promise<GatewayProcess> {
  return GatewayProcess.start({ files: { 'all.yaml': yaml(...resources) }, args });
}

function askFor(gateway: GatewayProcess, host: string, more: { agent?: Agent } = {}): Promise<Answer> {
  return ask(gateway.port, { host, ca: authority.ca, ...more });
}

/** The common name of the certificate that is shown for a host. */
function shown(gateway: GatewayProcess, servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: gateway.port, servername, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()!.subject.replace('CN=', ''));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('requests come over TLS, as HTTP/1.1 and HTTP/2, and HTTPS is asked for from then on', async () => {
  const gateway = await start([SITE], new Files().pair(pairFor('site.example.org')));
  const answer = await askFor(gateway, 'site.example.org');
  assert.deepEqual([answer.status, answer.headers['strict-transport-security']], [200, 'max-age=31536000']);
  assert.equal(upstream.last.headers['x-forwarded-proto'] ?? 'https', 'https');
  const session = connectHttp2(`https://127.0.0.1:${gateway.port}`, {
    servername: 'site.example.org',
    ca: authority.ca,
  });
  const status = await new Promise((resolve, reject) => {
    session.on('error', reject);
    const stream = session.request({ ':authority': 'site.example.org' });
    stream.on('response', (headers) => resolve(headers[':status'])).on('error', reject);
  });
  session.destroy();
  assert.equal(status, 200);
  const { httpVersion } = await gateway.logged((entry) => entry.httpVersion === '2');
  assert.equal(httpVersion, '2');
});

for (const workers of ['1', '2']) {
  test(`a drain finishes what is under way over HTTP/2 and TLS, and ends with 0 (--workers ${workers})`, async () => {
    let held: ServerResponse | null = null;
    const slow = await RecordingUpstream.start('slow', {
      answer: (_, response) => {
        response.write('first ');
        held = response;
      },
    });
    const site = open('slow', slow.url, { hosts: ['site.example.org'] });
    const gateway = await start([site], [...new Files().pair(pairFor('site.example.org')), '--workers', workers]);
    const to = { servername: 'site.example.org', ca: authority.ca };
    const [busy, idle] = [0, 1].map(() => connectHttp2(`https://127.0.0.1:${gateway.port}`, to)) as [Session, Session];
    for (const session of [busy, idle]) session.on('error', () => {});
    await Promise.all([once(busy, 'remoteSettings'), once(idle, 'remoteSettings')]);
    const stream = busy.request({ ':authority': 'site.example.org' });
    const begun = once(stream, 'response');
    const body = text(stream);
    const response = await until('the upstream to be asked', () => held);
    await begun;
    const left = once(busy, 'goaway');
    const ended = gateway.stop();
    await left;
    response.end('last');
    assert.deepEqual([await body, await ended], ['first last', 0]);
    assert.doesNotMatch(gateway.stderr, /before it had drained|Assertion/);
  });
}

test('a certificate in files is replaced while connections go on; a broken one is not taken', async () => {
  const files = new Files();
  const gateway = await start([SITE], files.pair(pairFor('site.example.org', 'old')));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  after(() => agent.destroy());
  await askFor(gateway, 'site.example.org', { agent });
  files.write('tls.key', pairFor('site.example.org').key);
  void gateway.stop('SIGHUP');
  await until('the complaint', () => gateway.stderr.includes('the certificates stay as they were'));
  assert.equal(await shown(gateway, 'site.example.org'), 'old');
  files.pair(pairFor('site.example.org', 'new'));
  void gateway.stop('SIGHUP');
  while ((await shown(gateway, 'site.example.org')) !== 'new') await setTimeout(20);
  const answer = await askFor(gateway, 'site.example.org', { agent });
  assert.deepEqual([answer.status, answer.reusedConnection], [200, true]);
});

test('a certificate in a Secret is shown for its name, and replaced by an update', async () => {
  const files = new Files();
  const ingress = { certificates: [{ fromSecret: 'other-certificate' }] };
  const settings = { kind: 'ClusterConfig', metadata: { name: 'default' }, spec: { ingress } };
  const gateway = await start([SITE, settings], files.pair(pairFor('site.example.org')));
  const store = async (mode: string, pair: Pair) => {
    const [cert, key] = [files.write('other.crt', pair.cert), files.write('other.key', pair.key)];
    await gateway.command([mode, 'secret', 'other-certificate', '--cert', cert, '--key', key]);
  };
  assert.equal(await shown(gateway, 'other.example.org'), 'site.example.org');
  await store('create', pairFor('other.example.org', 'first'));
  assert.equal(await shown(gateway, 'other.example.org'), 'first');
  assert.equal((await askFor(gateway, 'other.example.org')).status, 200);
  await store('update', pairFor('other.example.org', 'second'));
  assert.equal(await shown(gateway, 'other.example.org'), 'second');
  assert.equal(await shown(gateway, 'site.example.org'), 'site.example.org');
});

test('a file that is no certificate does not become a Secret', async () => {
  const gateway = await start([SITE], []);
  const { cert, key } = pairFor('site.example.org');
  const files = new Files();
  const [certFile, keyFile] = [files.write('a.crt', cert), files.write('a.key', key)];
  const run = (...args: string[]) => gateway.run(['create', 'secret', 'a', ...args]);
  const interchanged = await run('--cert', keyFile, '--key', certFile);
  assert.match(interchanged.err, /a\.key holds no CERTIFICATE in PEM form/);
  const strange = files.write('b.key', pairFor('other.example.org').key);
  const mixed = await run('--cert', certFile, '--key', strange);
  assert.match(mixed.err, /the key in \S+b\.key does not belong to the first certificate in \S+a\.crt/);
  assert.match((await run('--cert', certFile)).err, /--cert and --key go together/);
  assert.match((await run('--cert', certFile, '--key', keyFile, '--value', 'x')).err, /give --value, or --file, or/);
});

test('plain HTTP is redirected to the listener that speaks HTTPS', async () => {
  const args = [...new Files().pair(pairFor('site.example.org')), '--redirect-listen', '127.0.0.1:0'];
  const gateway = await start([SITE], args);
  const port = Number(/redirecting http:\/\/\S+:(\d+) to https$/m.exec(gateway.stderr)![1]);
  const answer = await ask(port, { host: 'site.example.org', path: '/a?b=c' });
  assert.equal(answer.status, 308);
  assert.equal(answer.headers.location, `https://site.example.org:${gateway.port}/a?b=c`);
  assert.equal((await ask(port, { host: 'unknown.example.org' })).status, 404);
  await gateway.logged(({ status, host }) => status === 308 && host === 'site.example.org');
});

test('policies see who a client certificate makes somebody', async () => {
  const files = new Files();
  const isRobot = { match: 'ctx.request.tls.clientCertificate.dnsNames.exists(n, n == "robot.example.org")' };
  const resources = [
    policy('robots', { effect: 'ALLOW', condition: isRobot }),
    service('site', {
      hosts: ['site.example.org'],
      isAnonymous: true,
      authorization: { enableAnonymous: true, policies: ['robots'] },
      config: { upstream: { url: upstream.url } },
    }),
  ];
  const clientCa = ['--tls-client-ca', files.write('ca.crt', authority.ca), '--tls-client-certificate', 'optional'];
  const gateway = await start(resources, [...files.pair(pairFor('site.example.org')), ...clientCa]);
  const askAs = (dns: readonly string[]) => {
    const { cert, key } = authority.client({ dns });
    const agent = new Agent(dns.length === 0 ? {} : { cert, key });
    return askFor(gateway, 'site.example.org', { agent });
  };
  assert.equal((await askAs(['robot.example.org'])).status, 200);
  assert.equal((await askAs(['other.example.org'])).status, 403);
  assert.equal((await askAs([])).status, 403);
});

test('a proxy in front states the address of the client with the PROXY protocol', async () => {
  const ingress = { trustedProxies: ['127.0.0.1'] };
  const settings = { kind: 'ClusterConfig', metadata: { name: 'default' }, spec: { ingress } };
  const gateway = await start([SITE, settings], []);
  const socket = connectPlain(gateway.port, '127.0.0.1');
  after(() => socket.destroy());
  const request = 'GET /proxied HTTP/1.1\r\nHost: site.example.org\r\nConnection: close\r\n\r\n';
  socket.end(`PROXY TCP4 203.0.113.9 127.0.0.1 4096 80\r\n${request}`);
  const { clientAddress, status } = await gateway.logged(({ path }) => path === '/proxied');
  assert.deepEqual([clientAddress, status], ['203.0.113.9', 200]);
});

test('a certificate that does not fit its key is refused at the start', async () => {
  const pair = { cert: pairFor('site.example.org').cert, key: pairFor('site.example.org').key };
  const args = ['serve', '--listen', '127.0.0.1:0', '--admin-listen', 'off', '--data', temporaryDirectory()];
  const { code, err } = await ostiary([...args, ...new Files().pair(pair)]);
  assert.equal(code, 1);
  assert.match(err, /tls\.crt: the private key does not belong to the first certificate/);
  const alone = await ostiary([...args, '--tls-cert', 'x']);
  assert.match(alone.err, /a certificate and its key go together/);
});
