import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestAuthority } from '../support/certificates.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { runPeer, testWith } from '../support/peers.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, open, service, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const MIB = 1024 * 1024;
const directory = temporaryDirectory();
const host = `site.${DOMAIN}`;
const authority = new TestAuthority();

/** It gives back what it gets, in one piece of known length or, below `/chunked`, in chunks. */
const upstream = await RecordingUpstream.start('upstream', {
  answer: ({ method, url, body }, response) => {
    const text = body === '' ? `${method} ${url}` : body;
    if (!url.startsWith('/chunked')) response.setHeader('content-length', text.length);
    response.write(text.slice(0, 5));
    response.end(text.slice(5));
  },
});
const resources = yaml(
  ALLOW_ALL,
  open('site', upstream.url, {}, { listenHTTP2: true }),
  service('closed', { config: { upstream: { url: upstream.url } } }),
);

const gateway = await GatewayProcess.start({ files: { 'a.yaml': resources } });
const { cert, key } = authority.server({ dns: [host] });
const [caFile, certFile, keyFile] = [fileWith('ca.pem', authority.ca), fileWith('cert', cert), fileWith('key', key)];
const secure = await GatewayProcess.start({
  files: { 'a.yaml': resources },
  args: ['--tls-cert', certFile, '--tls-key', keyFile],
});

function fileWith(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

interface Told {
  readonly out: string;
  readonly err: string;
  /** What `-w` was asked for. */
  readonly told: string;
}

const ABOUT = '%{stderr}\ntold %{http_code} HTTP/%{http_version} %{num_connects} connects, %{size_upload} sent\n';

async function curl(port: number, args: readonly string[]): Promise<Told> {
  const names = [host, `closed.${DOMAIN}`].flatMap((name) => ['--resolve', `${name}:${port}:127.0.0.1`]);
  const { code, out, err } = await runPeer('curl', ['-sS', '-m', '30', '-w', ABOUT, ...names, ...args]);
  assert.equal(code, 0, err);
  return { out, err, told: /^told (.*)$/m.exec(err)?.[1] ?? '' };
}

const plain = `http://${host}:${gateway.port}`;
const tls = `https://${host}:${secure.port}`;

const VERSIONS = [
  ['HTTP/1.1', gateway.port, plain, []],
  ['HTTP/2 by prior knowledge', gateway.port, plain, ['--http2-prior-knowledge']],
  ['HTTP/1.1 over TLS', secure.port, tls, ['--http1.1', '--cacert', caFile]],
  ['HTTP/2 over TLS', secure.port, tls, ['--http2', '--cacert', caFile]],
] as const;

for (const [name, port, url, args] of VERSIONS) {
  const version = name.startsWith('HTTP/2') ? '2' : '1.1';
  // curl 7.88 cannot do that without TLS, whatever the server.
  const again = name === 'HTTP/2 by prior knowledge' ? [] : [`${url}/chunked`];

  testWith('curl', `curl over ${name} gets answers, and uses its connection again`, async () => {
    const { out, err } = await curl(port, [...args, `${url}/one`, ...again]);
    assert.equal(out, `GET /one${again.length === 0 ? '' : 'GET /chunked'}`);
    const told = [...err.matchAll(/^told (.*)$/gm)].map(([, text]) => text);
    const each = `200 HTTP/${version}`;
    const later = again.map(() => `${each} 0 connects, 0 sent`);
    assert.deepEqual(told, [`${each} 1 connects, 0 sent`, ...later]);
  });

  testWith('curl', `curl over ${name} sends 10 MiB and gets them back`, async () => {
    const text = randomBytes(5 * MIB).toString('hex');
    const [sent, received] = [fileWith('sent', text), join(directory, 'received')];
    for (const path of ['/whole', '/chunked']) {
      const { told } = await curl(port, [...args, '-T', sent, '-o', received, `${url}${path}`]);
      assert.match(told, /^200 /);
      assert.ok(readFileSync(received, 'latin1') === text, `${path}: the bytes are others`);
      assert.ok(upstream.last.body === text, `${path}: the upstream got other bytes`);
    }
  });

  testWith('curl', `curl over ${name} gets the head alone for HEAD`, async () => {
    const { out } = await curl(port, [...args, '-I', `${url}/one`]);
    assert.match(out, /^HTTP\/\S+ 200.*\r\n(.+\r\n)*content-length: 9\r\n(.+\r\n)*\r\n$/i);
    assert.equal(upstream.last.method, 'HEAD');
  });

  testWith('curl', `curl over ${name} sends a body of unknown length`, async () => {
    const sent = fileWith('unknown', 'x'.repeat(70_000));
    const chunked = version === '2' ? [] : ['-H', 'Transfer-Encoding: chunked'];
    const { out } = await curl(port, [...args, ...chunked, '-T', sent, `${url}/whole`]);
    assert.equal(out, 'x'.repeat(70_000));
  });
}

testWith('curl', 'curl waits for 100 before it sends 1 MiB, and sends it', async () => {
  const text = randomBytes(MIB / 2).toString('hex');
  const sent = fileWith('expected', text);
  const expecting = ['-v', '--expect100-timeout', '20', '-H', 'Expect: 100-continue'];
  const { out, err } = await curl(gateway.port, [...expecting, '-T', sent, `${plain}/whole`]);
  assert.match(err, /^< HTTP\/1\.1 100 Continue\r?$/m);
  assert.ok(out === text, 'the bytes are others');
});

testWith('curl', 'curl that waits for 100 sends nothing of a request that is refused', async () => {
  const sent = fileWith('refused', 'x'.repeat(MIB));
  const expecting = ['-v', '--expect100-timeout', '20', '-H', 'Expect: 100-continue'];
  const url = `http://closed.${DOMAIN}:${gateway.port}/`;
  const { err, told } = await curl(gateway.port, [...expecting, '-T', sent, url]);
  assert.doesNotMatch(err, /100 Continue/);
  assert.match(told, /^401 .* 0 sent$/);
});

testWith('curl', 'curl that speaks HTTP/1.0 gets plain bytes and the end of the connection', async () => {
  for (const path of ['/one', '/chunked']) {
    const { out } = await curl(gateway.port, ['-0', '-i', `${plain}${path}`]);
    assert.match(out, new RegExp(`^HTTP/1\\.[01] 200[^]*\\r\\n\\r\\nGET ${path}$`));
    assert.doesNotMatch(out, /transfer-encoding/i);
  }
});

testWith('curl', 'curl keeps one HTTP/1.0 connection when it asks for that', async () => {
  const { out, err } = await curl(gateway.port, ['-0', '-H', 'Connection: keep-alive', `${plain}/a`, `${plain}/b`]);
  assert.equal(out, 'GET /aGET /b');
  assert.match(err, /^told 200 HTTP\/1\.[01] 1 connects/m);
});
