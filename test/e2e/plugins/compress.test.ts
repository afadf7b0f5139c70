import assert from 'node:assert/strict';
import { type IncomingHttpHeaders, request } from 'node:http';
import { test } from 'node:test';
import { brotliDecompressSync, constants, createBrotliDecompress, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { DOMAIN, GatewayProcess } from '../../support/gateway-process.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, open, service, workload, yaml } from '../../support/resources.ts';

type Fields = Readonly<Record<string, string>>;
const TEXT = 'all work and no play '.repeat(500);

/** Continues what stays open. */
let more: (() => void) | null = null;
const upstream = await RecordingUpstream.start('upstream', {
  answer: ({ url, method }, response) => {
    const asked = new URL(url, 'http://upstream').searchParams;
    const fields = JSON.parse(asked.get('say') ?? '{}') as Fields;
    const size = Number(asked.get('size') ?? TEXT.length);
    const length = asked.has('open') ? {} : { 'content-length': String(size) };
    response.writeHead(Number(asked.get('status') ?? 200), { 'content-type': 'text/plain', ...length, ...fields });
    if (asked.has('events')) {
      response.write('data: one\n\n');
      more = () => void response.end('data: two\n\n');
    } else if (method === 'HEAD') response.end();
    else response.end(Buffer.from(TEXT.repeat(Math.ceil(size / TEXT.length)).slice(0, size)));
  },
});
const compressing = (rules: object = {}) => ({ name: 'smaller', condition: { matchAny: true }, compress: rules });

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      ALLOW_ALL,
      workload('robot'),
      open('plain', upstream.url, {}, { plugins: [compressing()] }),
      open('events', upstream.url, {}, { plugins: [compressing({ types: ['text/*'], encodings: ['br'] })] }),
      open(
        'despite',
        upstream.url,
        {},
        {
          plugins: [compressing({ compressAnswersThatMayHoldSecretsDespiteBreach: true })],
        },
      ),
      open(
        'kept',
        upstream.url,
        {},
        {
          plugins: [compressing(), { name: 'kept', condition: { matchAny: true }, cache: { useXCacheHeader: true } }],
        },
      ),
      service('guarded', { config: { upstream: { url: upstream.url }, http: { plugins: [compressing()] } } }),
    ),
  },
});

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

interface Ask {
  readonly host?: string;
  readonly method?: string;
  readonly say?: Fields;
  readonly more?: string;
}

function get(fields: Fields, { host = 'plain', method = 'GET', say = {}, more: rest = '' }: Ask = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const path = `/?say=${encodeURIComponent(JSON.stringify(say))}${rest}`;
    const headers = { host: `${host}.${DOMAIN}:${gateway.port}`, ...fields };
    const asked = request({ host: '127.0.0.1', port: gateway.port, path, method, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode!, headers: answer.headers, bytes: Buffer.concat(chunks) }),
      );
    });
    asked.on('error', reject).end();
  });
}

const ALL = { 'accept-encoding': 'gzip, br, zstd' };
const UNPACK: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
  zstd: zstdDecompressSync,
};
const codingOf = async (fields: Fields, ask: Ask = {}) => (await get(fields, ask)).headers['content-encoding'];

for (const [coding, unpack] of Object.entries(UNPACK)) {
  test(`${coding}: an answer is smaller, and the same`, async () => {
    const { headers, bytes } = await get({ 'accept-encoding': coding }, { say: { etag: '"v1"' } });
    assert.equal(headers['content-encoding'], coding);
    assert.equal(headers['content-length'], undefined);
    assert.deepEqual([headers.etag, headers.vary], ['W/"v1"', 'Accept-Encoding']);
    assert.ok(bytes.length < TEXT.length / 10);
    assert.equal(unpack(bytes).toString(), TEXT);
  });

  test(`${coding}: bodies of 3 MiB, of stated and of unknown length`, async () => {
    for (const length of ['', '&open']) {
      const { bytes } = await get({ 'accept-encoding': coding }, { more: `&size=3000000${length}` });
      assert.equal(unpack(bytes).length, 3_000_000);
    }
  });
}

const NEGOTIATION: readonly (readonly [string, string | undefined])[] = [
  ['gzip, br, zstd', 'br'],
  ['gzip, zstd', 'zstd'],
  ['br;q=0.5, gzip;q=0.8', 'gzip'],
  ['br;q=0, *', 'zstd'],
  ['*;q=0, gzip', 'gzip'],
  ['GZIP ; Q=1', 'gzip'],
  ['x-gzip', 'gzip'],
  ['br;q=0, zstd;q=0.000, gzip;q=0.0', undefined],
  ['gzip;q=1.5', undefined],
  ['gzip, gzip;q=0', undefined],
  ['identity', undefined],
  ['', undefined],
];
for (const [accepted, expected] of NEGOTIATION) {
  test(`Accept-Encoding: ${accepted}`, async () =>
    assert.equal(await codingOf({ 'accept-encoding': accepted }), expected));
}
test('no Accept-Encoding', async () => {
  const { headers, bytes } = await get({});
  assert.deepEqual([headers['content-encoding'], headers.vary], [undefined, 'Accept-Encoding']);
  assert.equal(bytes.toString(), TEXT);
});

const LEFT_ALONE: readonly (readonly [string, Ask])[] = [
  ['no-transform', { say: { 'cache-control': 'max-age=1, No-Transform' } }],
  ['compressed already', { say: { 'content-encoding': 'identity' } }],
  ['a type that is not listed', { say: { 'content-type': 'image/png' } }],
  ['small', { more: '&size=1000' }],
  ['a part', { say: { 'content-range': 'bytes 0-9/99' }, more: '&status=206' }],
  ['an event stream that is not listed', { say: { 'content-type': 'text/event-stream' } }],
];
for (const [what, ask] of LEFT_ALONE) {
  test(`left alone: ${what}`, async () => {
    const { headers } = await get(ALL, ask);
    assert.equal(headers['content-encoding'], ask.say?.['content-encoding']);
    assert.equal(headers.vary, undefined);
    assert.equal(headers['content-length'], String(ask.more === '&size=1000' ? 1000 : TEXT.length));
  });
}

test('left alone: the client wants it as it is', async () => {
  assert.equal(await codingOf({ ...ALL, 'cache-control': 'no-transform' }), undefined);
});

test('what was said about the bytes as they were is gone', async () => {
  const say = {
    'accept-ranges': 'bytes',
    'content-digest': 'sha-256=:AA==:',
    'repr-digest': 'sha-256=:AA==:',
    vary: 'Origin',
  };
  const { headers } = await get(ALL, { say });
  for (const name of ['accept-ranges', 'content-digest', 'repr-digest']) assert.equal(headers[name], undefined);
  assert.equal(headers.vary, 'Origin, Accept-Encoding');
});

test('HEAD says what GET says, and has no body', async () => {
  const { headers, bytes } = await get(ALL, { method: 'HEAD', say: { etag: '"v1"' } });
  assert.deepEqual([headers['content-encoding'], headers['content-length'], headers.etag], ['br', undefined, 'W/"v1"']);
  assert.equal(bytes.length, 0);
  assert.equal(await codingOf(ALL, { method: 'HEAD', more: '&size=1000' }), undefined);
});

test('a 304 has the tag that the answer had', async () => {
  const { status, headers } = await get(ALL, { say: { etag: '"v1"' }, more: '&status=304' });
  assert.deepEqual([status, headers.etag], [304, 'W/"v1"']);
});

const BREACH: readonly (readonly [string, Fields, Fields, boolean])[] = [
  ['an answer that sets a cookie', {}, { 'set-cookie': 'csrf=secret' }, false],
  ['cookies, asked for by nobody knows whom', { cookie: 'a=b' }, {}, false],
  ['cookies, asked for by another site', { cookie: 'a=b', 'sec-fetch-site': 'cross-site' }, {}, false],
  ['cookies, asked for by a neighbour', { cookie: 'a=b', 'sec-fetch-site': 'same-site' }, {}, false],
  ['cookies, asked for by the same origin', { cookie: 'a=b', 'sec-fetch-site': 'same-origin' }, {}, true],
  ['cookies, asked for by the user', { cookie: 'a=b', 'sec-fetch-site': 'none' }, {}, true],
  ['a password', { authorization: 'Basic YTpi' }, {}, false],
  ['a token', { authorization: 'Bearer abc' }, {}, true],
];
for (const [what, fields, say, expected] of BREACH) {
  test(`BREACH: ${what} is ${expected ? '' : 'not '}compressed`, async () => {
    assert.equal((await codingOf({ ...ALL, ...fields }, { say })) !== undefined, expected);
    assert.equal(await codingOf({ ...ALL, ...fields }, { say, host: 'despite' }), 'br');
  });
}

test('the answer to a token of ours is compressed', async () => {
  const token = await gateway.token('robot');
  assert.equal(await codingOf({ ...ALL, ...bearer(token) }, { host: 'guarded' }), 'br');
});

test('events come one by one', async () => {
  const path = `/?events&open&say=${encodeURIComponent('{"content-type":"text/event-stream"}')}`;
  const headers = { host: `events.${DOMAIN}:${gateway.port}`, ...ALL };
  const seen: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: gateway.port, path, headers, agent: false }, (answer) => {
      assert.equal(answer.headers['content-encoding'], 'br');
      const unpacked = answer.pipe(createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }));
      unpacked.on('data', (chunk: Buffer) => {
        seen.push(chunk.toString());
        more?.();
        more = null;
      });
      unpacked.on('end', resolve).on('error', reject);
    });
    asked.on('error', reject).end();
  });
  assert.deepEqual(seen, ['data: one\n\n', 'data: two\n\n']);
});

test('an upstream that breaks off leaves no answer that looks whole', async () => {
  await assert.rejects(get(ALL, { say: { 'content-length': String(TEXT.length * 2) } }));
});

test('answers that a cache kept are compressed for those who take them so', async () => {
  const plain = await get({ 'accept-encoding': 'identity' }, { host: 'kept' });
  const first = await get(ALL, { host: 'kept' });
  const second = await get(ALL, { host: 'kept' });
  assert.deepEqual([plain.headers['content-encoding'], plain.bytes.toString()], [undefined, TEXT]);
  for (const { bytes } of [first, second]) assert.equal(brotliDecompressSync(bytes).toString(), TEXT);
  assert.deepEqual([second.headers['x-cache'], second.headers['content-encoding']], ['HIT', 'br']);
});
