import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { open, yaml } from '../../support/resources.ts';

const TOKEN = 'ost_at_0123456789abcdefghijklmnop';
const BOMB = gzipSync(Buffer.alloc(8 * 1024 * 1024, 0x20));

const answers: Record<string, () => { readonly headers?: Record<string, string>; readonly body: string | Buffer }> = {
  '/packed': () => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync('{"a":"packed"}') }),
  '/bomb': () => ({ headers: { 'content-encoding': 'gzip' }, body: BOMB }),
  '/binary': () => ({ body: Buffer.from([0xff, 0xfe]) }),
  '/large': () => ({ body: 'x'.repeat(32 * 1024 + 1) }),
  '/list': () => ({ body: '[1]' }),
  '/marks': () => ({ body: JSON.stringify({ text: 'line\nend \u2028 \u202e' }) }),
};

const upstream = await RecordingUpstream.start('upstream', {
  answer: ({ url }, response) => {
    const { headers = {}, body } = answers[url]?.() ?? { body: '{"ok":true}' };
    response.writeHead(200, {
      'x-total': '7',
      server: 'theirs',
      'set-cookie': 'sid=s3cret',
      location: '/cb?code=s3cret',
      'x-refresh-token': 's3cret',
      ...headers,
    });
    response.end(body);
  },
});

const ALL = {
  enableRequestBody: true,
  enableRequestBodyMap: true,
  enableResponseBody: true,
  enableResponseBodyMap: true,
  includeAllRequestHeaders: true,
  includeAllResponseHeaders: true,
};
const showing = (name: string, visibility: object, http: object = {}) =>
  open(name, upstream.url, {}, { visibility, ...http });

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      open('silent', upstream.url),
      showing('some', { includeRequestHeaders: ['X-A', 'authorization', 'COOKIE'], enableResponseBodyMap: true }),
      showing('all', { ...ALL, excludeRequestHeaders: ['x-b'], excludeResponseHeaders: ['Server'] }),
      showing('buffering', ALL, { enableRequestBuffering: true }),
      { kind: 'Secret', metadata: { name: 'partner' }, spec: {}, data: { value: 's3cret' } },
      showing('paying', ALL, { auth: { custom: { header: 'X-Partner', value: { fromSecret: 'partner' } } } }),
      showing('blotting', {
        ...ALL,
        redact: { headers: ['X-Phone'], bodyFields: ['iban', 'cardNumber', 'address.street', 'items.note.text'] },
      }),
      showing('telling', ALL, { identityAssertion: { header: 'X-Who' } }),
      showing('refusing', ALL, {
        plugins: [{ name: 'one', condition: { matchAny: true }, maintenance: {} }],
      }),
    ),
  },
});

let asked = 0;

/** The line of the access log of one request. */
async function logged(name: string, path: string, what: Parameters<typeof gateway.ask>[2] = {}) {
  const mark = `mark-${asked++}`;
  await gateway.ask(name, path, { ...what, headers: { ...what.headers, 'user-agent': mark } });
  return gateway.logged(({ userAgent }) => userAgent === mark);
}

test('nothing is shown unless it is asked for', async () => {
  const line = await logged('silent', '/', { method: 'POST', body: '{"a":1}', headers: { 'x-a': '1' } });
  assert.deepEqual(
    Object.keys(line).filter((key) => /Headers|Body/.test(key)),
    [],
  );
});

test('what is asked for is shown, as the client sent and got it', async () => {
  const line = await logged('some', '/', { headers: { 'x-a': ['1', '2'], 'x-b': '3', authorization: 'Basic eDp5' } });
  assert.deepEqual(line.requestHeaders, { 'x-a': '1, 2' });
  assert.deepEqual(line.responseBodyMap, { ok: true });
  assert.equal('responseHeaders' in line || 'responseBody' in line, false);
});

test('all headers are all but those that are excluded and those that carry credentials', async () => {
  const secrets = {
    authorization: 'Basic s3cret',
    cookie: 'sid=s3cret',
    referer: 'https://a.example/?code=s3cret',
    'x-api-key': 's3cret',
    'x.api.key': 's3cret',
    apikey: 's3cret',
    'x-amz-security-token': 's3cret',
    'x-my-password': 's3cret',
    'x-hub-signature-256': 's3cret',
    'ocp-apim-subscription-key': 's3cret',
    'x-csrf-token': 's3cret',
    'x-partner-key': 's3cret',
    'x-refreshtoken': 's3cret',
    dpop: 's3cret',
  };
  const line = await logged('all', '/?s3cret', {
    headers: { ...secrets, 'x-a': '1', 'x-b': '2', 'x-c': `is ${TOKEN}` },
  });
  assert.equal(line.requestHeaders?.['x-a'], '1');
  assert.equal(line.requestHeaders?.['x-b'], undefined);
  assert.equal(line.requestHeaders?.['x-c'], 'is ost_…');
  assert.equal(line.responseHeaders?.['x-total'], '7');
  assert.equal(line.responseHeaders?.server, undefined);
  assert.doesNotMatch(JSON.stringify(line), /s3cret/);
});

for (const name of ['all', 'buffering']) {
  test(`${name}: bodies are shown as text and as objects, without what is confidential, and pass unchanged`, async () => {
    const body = JSON.stringify({
      user: 'alice',
      password: 's3cret',
      nested: [
        { accessToken: 's3cret', client_secret: 's3cret', userpassword: 's3cret', key: 'a', note: `see ${TOKEN}` },
      ],
    });
    const line = await logged(name, '/', { method: 'POST', body: `${body} ` });
    assert.equal(upstream.last.body, `${body} `);
    assert.equal(line.requestBody, `${body} `.replace(TOKEN, 'ost_…'));
    assert.deepEqual(line.requestBodyMap, {
      user: 'alice',
      password: '[redacted]',
      nested: [
        {
          accessToken: '[redacted]',
          client_secret: '[redacted]',
          userpassword: '[redacted]',
          key: 'a',
          note: 'see ost_…',
        },
      ],
    });
    assert.equal(line.responseBody, '{"ok":true}');
  });
}

for (const [path, text, map] of [
  ['/packed', '{"a":"packed"}', { a: 'packed' }],
  ['/bomb', null, null],
  ['/binary', null, null],
  ['/large', null, null],
  ['/list', '[1]', null],
] as const) {
  test(`the body of ${path} is shown as ${text}`, async () => {
    const line = await logged('all', path);
    assert.deepEqual([line.responseBody, line.responseBodyMap], [text, map]);
  });
}

test('a body cannot end its line or turn it around', async () => {
  const before = gateway.accessLog.length;
  const line = await logged('all', '/marks');
  assert.equal(gateway.accessLog.length, before + 1);
  assert.deepEqual(line.responseBodyMap, { text: 'line\nend \u2028 \u202e' });
  assert.doesNotMatch(gateway.stdout, /[\u2028\u202e]/);
});

test('a body of odd JSON is shown, and harms nobody', async () => {
  const deep = `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
  const line = await logged('all', '/', { method: 'POST', body: deep });
  assert.equal(line.requestBody, deep);
  assert.match(JSON.stringify(line.requestBodyMap), /…/);
  const { requestBodyMap } = await logged('all', '/', { method: 'POST', body: '{"__proto__":{"a":1}}' });
  assert.deepEqual(Object.keys(requestBodyMap ?? {}), ['__proto__']);
});

test('without bodies there are none', async () => {
  const line = await logged('all', '/', { method: 'HEAD' });
  assert.deepEqual([line.requestBody, line.requestBodyMap, line.responseBody], [null, null, null]);
});

test('the header of a credential is not shown, whoever sends it', async () => {
  const line = await logged('paying', '/', { headers: { 'x-partner': 's3cret' } });
  assert.equal(upstream.last.headers['x-partner'], 's3cret');
  assert.doesNotMatch(JSON.stringify(line), /s3cret/);
});

test('headers in which an upstream is told who asks are not shown', async () => {
  const line = await logged('telling', '/', { headers: { 'x-who': 's3cret' } });
  assert.doesNotMatch(JSON.stringify(line), /s3cret|x-who/);
});

test('a refusal shows what the client got', async () => {
  const line = await logged('refusing', '/', { method: 'POST', body: 'x' });
  assert.equal(line.reason, 'maintenance');
  assert.match(line.responseBody ?? '', /maintenance/);
  assert.equal(line.requestBody, null);
});

const CUSTOMER = {
  iban: 's3cret',
  Iban: ['s3cret'],
  card_number: { inner: 's3cret' },
  address: { street: 's3cret', town: 'here', address: { street: 'not from the top' } },
  street: 'elsewhere',
  items: [{ note: { text: 's3cret', title: 'kept' } }, { note: 'kept' }, { iban: 's3cret' }],
  password: 's3cret',
};
const BLOTTED = {
  iban: '[redacted]',
  Iban: '[redacted]',
  card_number: '[redacted]',
  address: { street: '[redacted]', town: 'here', address: { street: 'not from the top' } },
  street: 'elsewhere',
  items: [{ note: { text: '[redacted]', title: 'kept' } }, { note: 'kept' }, { iban: '[redacted]' }],
  password: '[redacted]',
};

test('what a configuration names is blotted out, in objects and in text, and passes unchanged', async () => {
  const headers = { 'x-phone': ['s3cret', 's3cret'], 'x.phone': 's3cret', 'x-a': '1' };
  const body = JSON.stringify(CUSTOMER);
  const line = await logged('blotting', '/', { method: 'POST', body, headers });
  assert.equal(upstream.last.body, body);
  assert.deepEqual(line.requestBodyMap, BLOTTED);
  assert.deepEqual(JSON.parse(line.requestBody ?? ''), BLOTTED);
  const shown = ['x-phone', 'x.phone', 'x-a'].map((name) => line.requestHeaders?.[name]);
  assert.deepEqual(shown, ['[redacted]', '[redacted]', '1']);
  assert.doesNotMatch(JSON.stringify(line), /s3cret/);
});

for (const [what, body, shown] of [
  ['a key that is given twice', '{"iban":"s3cret","iban":"s3cret"}', '{"iban":"[redacted]"}'],
  ['an escaped key', '{"\\u0069ban":"s3cret"}', '{"iban":"[redacted]"}'],
  ['a list', '[{"iban":"s3cret"},1]', '[{"iban":"[redacted]"},1]'],
  ['what is no JSON', 'iban=s3cret', null],
  ['JSON with more behind it', '{"a":1} iban=s3cret', null],
  ['a text', '"iban=s3cret"', null],
] as const) {
  test(`where fields are blotted out, ${what} is shown as ${shown}`, async () => {
    assert.equal((await logged('blotting', '/', { method: 'POST', body })).requestBody, shown);
  });
}

test('a body that is deeper than anybody reads hides nothing from being blotted out', async () => {
  const body = `{"a":${'[{"a":'.repeat(4_000)}{"iban":"s3cret"}${'}]'.repeat(4_000)}}`;
  const line = await logged('blotting', '/', { method: 'POST', body });
  assert.match(line.requestBody ?? '', /…/);
  assert.doesNotMatch(JSON.stringify(line), /s3cret/);
});

for (const [visibility, message] of [
  [{ redact: { headers: ['x-a'] }, enableRequestBody: true }, /redact\.headers: no header is shown/],
  [{ redact: { bodyFields: ['a'] }, includeAllRequestHeaders: true }, /redact\.bodyFields: no body is shown/],
] as const) {
  test(`is refused with its place: ${JSON.stringify(visibility)}`, async () => {
    const said = await mistakesIn(yaml(showing('wrong', visibility)));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}
