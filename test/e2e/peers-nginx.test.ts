import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { after } from 'node:test';
import { freePort } from '../support/free-port.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { runPeer, startPeer, testWith } from '../support/peers.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { open, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

const MIB = 1024 * 1024;
const directory = temporaryDirectory();
const log = join(directory, 'access.log');
const big = randomBytes(4 * MIB).toString('hex');
const behind = await RecordingUpstream.start('behind', { answer: ({ body }, response) => response.end(hashOf(body)) });

function hashOf(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex');
}

function configuration(port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  // Its workers read files of a directory that only its owner may read.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `${user}
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log stderr error;
events { worker_connections 256; }
http {
  log_format one '$connection $status $request_uri';
  access_log ${log} one;
  ${temporary.map((name) => `${name}_temp_path ${directory}/${name};`).join(' ')}
  gzip_min_length 1;
  gzip_types text/plain;
  default_type text/plain;
  client_max_body_size 0;
  server {
    listen 127.0.0.1:${port};
    root ${directory}/files;
    location /chunked/ { gzip on; alias ${directory}/files/; }
    location /upload { proxy_pass ${behind.url}; }
    location /narrow { client_max_body_size 10k; proxy_pass ${behind.url}; }
    location /empty { return 204; }
    location /moved { return 302 /big; }
    location /once { keepalive_timeout 0; return 200 once; }
  }
}
`;
}

const port = await freePort();
const gateway = await GatewayProcess.start({
  files: { 'a.yaml': yaml(open('site', `http://127.0.0.1:${port}`)) },
});
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
after(() => agent.destroy());

mkdirSync(join(directory, 'files'));
writeFileSync(join(directory, 'files', 'big'), big);
writeFileSync(join(directory, 'files', 'small'), 'small');
writeFileSync(join(directory, 'nginx.conf'), configuration(port));
await startPeer('nginx', { args: ['-p', directory, '-c', join(directory, 'nginx.conf')], port });

function ask(path: string, more: { method?: string; body?: string; headers?: Record<string, string> } = {}) {
  return gateway.ask('site', path, { agent, ...more });
}

/** Connections that nginx was asked on for a path. */
function connectionsFor(path: string): string[] {
  const lines = readFileSync(log, 'utf8').split('\n');
  return lines.filter((line) => line.endsWith(` ${path}`)).map((line) => line.split(' ')[0]!);
}

testWith('nginx', 'many requests go to nginx over one connection', async () => {
  for (let i = 0; i < 50; i++) assert.equal((await ask('/small')).body, 'small');
  const used = await until('the log of nginx', () => {
    const connections = connectionsFor('/small');
    return connections.length === 50 && connections;
  });
  assert.equal(new Set(used).size, 1);
});

testWith('nginx', 'a large answer of nginx arrives whole, with a length and in chunks', async () => {
  const whole = await ask('/big');
  assert.equal(whole.headers['content-length'], String(big.length));
  assert.equal(hashOf(whole.body), hashOf(big));
  const { headers } = await ask('/chunked/big', { headers: { 'accept-encoding': 'gzip' } });
  assert.deepEqual([headers['transfer-encoding'], headers['content-encoding']], ['chunked', 'gzip']);
  const plain = ['-s', '--compressed', '-H', `Host: site.${DOMAIN}`, `http://127.0.0.1:${gateway.port}/chunked/big`];
  assert.equal(hashOf((await runPeer('curl', plain)).out), hashOf(big));
});

testWith(
  'nginx',
  'part of a file, an unchanged file, an answer without a body and a redirect pass as they are',
  async () => {
    const part = await ask('/big', { headers: { range: 'bytes=10-19' } });
    assert.deepEqual([part.status, part.body], [206, big.slice(10, 20)]);
    const etag = (await ask('/small', { method: 'HEAD' })).headers.etag ?? '';
    assert.equal((await ask('/small', { headers: { 'if-none-match': etag } })).status, 304);
    assert.equal((await ask('/empty')).status, 204);
    assert.equal((await ask('/moved')).status, 302);
    assert.equal((await ask('/small')).body, 'small');
  },
);

testWith('nginx', 'uploads of 1 MiB reach what is behind nginx unchanged', async () => {
  const body = randomBytes(MIB / 2).toString('hex');
  for (const headers of [{}, { 'transfer-encoding': 'chunked', 'content-length': [] as never }]) {
    const answer = await ask('/upload', { method: 'POST', body, headers });
    assert.deepEqual([answer.status, answer.body], [200, hashOf(body)]);
  }
});

testWith(
  'nginx',
  'nginx that refuses an upload before it is there is heard, and the next request is answered',
  async () => {
    const body = 'x'.repeat(MIB);
    for (let i = 0; i < 10; i++) {
      assert.equal((await ask('/narrow', { method: 'POST', body })).status, 413);
      assert.equal((await ask('/small')).body, 'small');
    }
    assert.equal(behind.received.filter(({ url }) => url === '/narrow').length, 0);
  },
);

testWith('nginx', 'nginx that closes after each answer costs no request', async () => {
  for (let i = 0; i < 30; i++) assert.equal((await ask('/once')).body, 'once');
});
