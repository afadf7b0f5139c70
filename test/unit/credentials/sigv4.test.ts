import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { HeaderList } from '../../../src/base/header-list.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { canonicalRequest, type SignedRequest } from '../../../src/credentials/sigv4/canonical.ts';
import { authorizationOf, sha256, signingKey } from '../../../src/credentials/sigv4/signature.ts';
import { sigv4 } from '../../../src/credentials/sigv4/sigv4.ts';
import { type Body, BufferedBody } from '../../../src/gateway/body.ts';
import type { OutgoingRequest } from '../../../src/gateway/exchange.ts';
import type { Sigv4 } from '../../../src/model/index.ts';
import { exchangeWith } from '../upstream/support.ts';
import { credentialDeps } from './support.ts';

/** The published test suite of Signature Version 4. */
interface Case {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly canonical: string;
  readonly authorization: string;
}

const SUITE = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/sigv4/suite.json'), 'utf8'),
) as readonly Case[];
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const ACCESS_KEY = 'AKIDEXAMPLE';
const TIME = '20150830T123600Z';
const SCOPE = { day: '20150830', region: 'us-east-1', service: 'service' };

for (const { name, method, path, query, headers, body, canonical, authorization } of SUITE) {
  test(`the published case ${name}`, () => {
    const signed = headers.map(([field, value]) => [field.toLowerCase(), value] as const);
    const request: SignedRequest = { method, path, query, headers: signed, payload: sha256(body) };
    assert.equal(canonicalRequest(request, false).text, canonical);
    const key = signingKey(SECRET, SCOPE);
    assert.equal(authorizationOf(request, { key, accessKeyID: ACCESS_KEY, scope: SCOPE, time: TIME }), authorization);
  });
}

/** From the documentation of S3, "Authenticating Requests: Using the Authorization Header". */
const S3_SCOPE = { day: '20130524', region: 'us-east-1', service: 's3' };
const S3_HOST = ['host', 'examplebucket.s3.amazonaws.com'] as const;
const S3_DATE = ['x-amz-date', '20130524T000000Z'] as const;
const S3_CASES: readonly (readonly [what: string, request: SignedRequest, signature: string])[] = [
  [
    'GET object',
    {
      method: 'GET',
      path: '/test.txt',
      query: '',
      headers: [S3_HOST, ['range', 'bytes=0-9'], ['x-amz-content-sha256', sha256('')], S3_DATE],
      payload: sha256(''),
    },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'PUT object',
    {
      method: 'PUT',
      path: '/test$file.text',
      query: '',
      headers: [
        ['date', 'Fri, 24 May 2013 00:00:00 GMT'],
        S3_HOST,
        ['x-amz-content-sha256', sha256('Welcome to Amazon S3.')],
        S3_DATE,
        ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
      ],
      payload: sha256('Welcome to Amazon S3.'),
    },
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  [
    'GET bucket lifecycle',
    {
      method: 'GET',
      path: '/',
      query: 'lifecycle',
      headers: [S3_HOST, ['x-amz-content-sha256', sha256('')], S3_DATE],
      payload: sha256(''),
    },
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
  [
    'GET bucket (list objects)',
    {
      method: 'GET',
      path: '/',
      query: 'max-keys=2&prefix=J',
      headers: [S3_HOST, ['x-amz-content-sha256', sha256('')], S3_DATE],
      payload: sha256(''),
    },
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
];

for (const [what, request, signature] of S3_CASES) {
  test(`the documented example of S3: ${what}`, () => {
    const key = signingKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', S3_SCOPE);
    const parts = { key, accessKeyID: 'AKIAIOSFODNN7EXAMPLE', scope: S3_SCOPE, time: '20130524T000000Z' };
    assert.equal(authorizationOf(request, parts).slice(-64), signature);
  });
}

const PATHS: readonly (readonly [wire: string, once: string, twice: string])[] = [
  ['/a%20b', '/a%20b', '/a%2520b'],
  ['/a%2fb%7e', '/a%2Fb~', '/a%252fb%257e'],
  ['/a=b+c', '/a%3Db%2Bc', '/a%3Db%2Bc'],
  ['/a/./b/../c/', '/a/./b/../c/', '/a/c/'],
  ['/a/..', '/a/..', '/'],
  ['/%ff', '/%FF', '/%25ff'],
];

for (const [path, once, twice] of PATHS) {
  test(`the path ${path} as S3 and as others read it`, () => {
    const pathIn = (isS3: boolean) =>
      canonicalRequest({ method: 'GET', path, query: '', headers: [], payload: '' }, isS3).text.split('\n')[1];
    assert.deepEqual([pathIn(true), pathIn(false)], [once, twice]);
  });
}

const SETTINGS: Sigv4 = {
  accessKeyID: ACCESS_KEY,
  secretAccessKey: { fromSecret: 'key' },
  region: 'eu-central-1',
  service: 'execute-api',
};

const OPEN = { open: () => new SecretValue(SECRET), version: () => 1 };

async function signed(change: Partial<OutgoingRequest>, settings: Sigv4 = SETTINGS, authority = 'api.example') {
  const x = exchangeWith(change, OPEN);
  assert.equal(await sigv4(settings, credentialDeps({ now: Date.UTC(2026, 0, 2, 3, 4, 5) })).inject!(x), null);
  x.outgoing!.sign!(authority);
  return x.outgoing!;
}

test('what the client says of signatures is gone, in headers and in the query, and nothing else is', async () => {
  const headers = HeaderList.from([
    ['authorization', 'AWS4-HMAC-SHA256 Credential=CLIENT/…'],
    ['x-amz-date', '20000101T000000Z'],
    ['x-amz-date', '20000102T000000Z'],
    ['x-amz-security-token', 'client'],
    ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'],
    ['x-amz-target', 'Table.Query'],
    ['content-type', 'application/json'],
    ['x-other', '1'],
  ]);
  const query = 'a=1+2&X-Amz-Signature=x&x-amz-%43redential=y&X-Amz-Expires=9&&X-Amz-Mine=z&b';
  const outgoing = await signed({ headers, query });
  assert.equal(outgoing.query, 'a=1%202&X-Amz-Mine=z&b');
  assert.deepEqual(outgoing.headers.all('x-amz-date'), ['20260102T030405Z']);
  assert.deepEqual(outgoing.headers.all('x-amz-content-sha256'), [sha256('')]);
  assert.equal(outgoing.headers.has('x-amz-security-token'), false);
  assert.equal(outgoing.headers.get('x-other'), '1');
  const [authorization = '', ...more] = outgoing.headers.all('authorization');
  assert.equal(more.length, 0);
  assert.match(authorization, /Credential=AKIDEXAMPLE\/20260102\/eu-central-1\/execute-api\/aws4_request,/);
  assert.match(authorization, /SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target,/);
});

test('each try is signed for the host and at the time that it has', async () => {
  const outgoing = await signed({});
  const first = outgoing.headers.get('authorization');
  outgoing.sign!('another.example');
  const second = outgoing.headers.get('authorization');
  assert.notEqual(first, second);
  outgoing.sign!('api.example');
  assert.equal(outgoing.headers.get('authorization'), first);
  assert.equal(outgoing.headers.all('authorization').length, 1);
});

test('the body is signed, and one that was not read refuses', async () => {
  const outgoing = await signed({ method: 'POST', body: new BufferedBody('{}') });
  assert.equal(outgoing.headers.get('x-amz-content-sha256'), sha256('{}'));
  const large = 'x'.repeat(3 * 1024 * 1024 + 1);
  const sent = await signed({ method: 'PUT', body: new BufferedBody(large) });
  assert.equal(sent.headers.get('x-amz-content-sha256'), sha256(large));
  const streaming: Body = { length: null, pipe: () => {}, resume: () => {}, destroy: () => {} };
  const x = exchangeWith({ method: 'POST', body: streaming }, OPEN);
  const outcome = await sigv4(SETTINGS, credentialDeps()).inject!(x);
  assert.match(inspect(outcome), /credential-unavailable/);
  assert.equal(x.outgoing!.headers.size, 0);
  const s3 = { ...SETTINGS, service: 's3', streamBodiesThatNothingProves: true };
  assert.equal((await signed({ body: streaming }, s3)).headers.get('x-amz-content-sha256'), 'UNSIGNED-PAYLOAD');
  assert.equal(
    (await signed({ body: streaming, upgrade: 'websocket' })).headers.get('x-amz-content-sha256'),
    sha256(''),
  );
});

test('a session token is sent and signed', async () => {
  const outgoing = await signed({}, { ...SETTINGS, sessionToken: { fromSecret: 'token' } });
  assert.equal(outgoing.headers.get('x-amz-security-token'), SECRET);
  assert.match(outgoing.headers.get('authorization') ?? '', /;x-amz-security-token,/);
});

test('what cannot be signed is refused when compiled', () => {
  const unsigned = { ...SETTINGS, streamBodiesThatNothingProves: true };
  assert.throws(() => sigv4(SETTINGS, credentialDeps({ isGrpc: true })), /gRPC/);
  assert.throws(() => sigv4(unsigned, credentialDeps()), /s3 over https only/);
  assert.throws(() => sigv4({ ...unsigned, service: 's3' }, credentialDeps({ isSecure: false })), /https/);
});

test('a Secret that is not there refuses, and what is there is not told', async () => {
  for (const missing of ['key', 'token']) {
    const secrets = { open: (name: string) => (name === missing ? null : new SecretValue(SECRET)), version: () => 1 };
    const x = exchangeWith({}, secrets);
    const plugin = sigv4({ ...SETTINGS, sessionToken: { fromSecret: 'token' } }, credentialDeps());
    const outcome = inspect(await plugin.inject!(x));
    assert.match(outcome, new RegExp(`credential-unavailable.*"${missing}" is missing`, 's'));
    assert.doesNotMatch(outcome, /wJalr/);
    assert.equal(x.outgoing!.sign, null);
  }
});
