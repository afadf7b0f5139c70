import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../../../src/base/header-list.ts';
import { isNavigation } from '../../../src/downstream/navigation.ts';
import { type RefusalDeps, spellRefusal } from '../../../src/downstream/refusals.ts';
import { BufferedBody } from '../../../src/gateway/body.ts';
import { Exchange, type RequestHead } from '../../../src/gateway/exchange.ts';
import { type Response, refuse } from '../../../src/gateway/outcome.ts';
import { REASONS, type Reason } from '../../../src/gateway/reasons.ts';
import { snapshotWith } from '../../security/support.ts';

type Fields = Readonly<Record<string, string>>;

const NAVIGATION: Fields = { 'sec-fetch-mode': 'navigate', accept: 'text/html' };

const deps: RefusalDeps = {
  pages: {
    refused: (_x, { reason }) => ({
      status: REASONS[reason].status,
      headers: HeaderList.from([['content-type', 'text/html; charset=utf-8']]),
      body: new BufferedBody(`<p>${reason}</p>`),
    }),
  },
  signInUrl: () => ({ kind: 'sign-in', location: 'https://example.com/.ostiary/sign-in?to=x', setCookie: 'b=1' }),
  secondFactorUrl: () => ({
    kind: 'sign-in',
    location: 'https://example.com/.ostiary/second-factor?to=x',
    setCookie: 'b=1',
  }),
};

const SCRIPT: Fields = { 'sec-fetch-mode': 'cors' };

function head(method: string, fields: Fields): RequestHead {
  const headers = HeaderList.from(Object.entries(fields));
  const rest = { host: 'a.example', authority: 'a.example', path: '/', query: '', clientAddress: '192.0.2.1' };
  return { method, scheme: 'https', headers, httpVersion: '1.1', upgrade: null, tls: null, ...rest };
}

function spell(reason: Reason, fields: Fields, method = 'GET', given = deps): Response {
  const x = new Exchange('request-1', snapshotWith([]), head(method, fields), null, 0);
  return spellRefusal(x, refuse(reason, 'detail for the log only'), given);
}

function textOf({ body }: Response): string {
  return body instanceof BufferedBody ? Buffer.from(body.bytes).toString('utf8') : '';
}

const NAVIGATIONS: readonly (readonly [method: string, fields: Fields, navigation: boolean])[] = [
  ['GET', NAVIGATION, true],
  ['HEAD', NAVIGATION, true],
  ['POST', NAVIGATION, true],
  ['POST', { ...NAVIGATION, 'x-requested-with': 'XMLHttpRequest' }, false],
  ['POST', { 'sec-fetch-mode': 'cors', accept: 'text/html' }, false],
  ['POST', { accept: 'text/html' }, false],
  ['GET', { ...NAVIGATION, 'x-requested-with': 'XMLHttpRequest' }, false],
  ['GET', { 'sec-fetch-mode': 'cors', accept: 'text/html' }, false],
  ['GET', { 'sec-fetch-mode': 'same-origin', accept: 'text/html' }, false],
  ['GET', { 'sec-fetch-mode': 'no-cors', accept: 'text/html' }, false],
  ['GET', { 'sec-fetch-mode': 'websocket' }, false],
  ['GET', { 'sec-fetch-dest': 'empty', accept: 'text/html' }, false],
  ['GET', { accept: 'text/html,application/xhtml+xml' }, true],
  ['GET', { accept: 'application/json' }, false],
  ['GET', { accept: '*/*' }, false],
  ['GET', {}, false],
];

for (const [method, fields, expected] of NAVIGATIONS) {
  test(`${method} ${JSON.stringify(fields)} is ${expected ? 'a' : 'no'} navigation`, () => {
    assert.equal(isNavigation(head(method, fields)), expected);
  });
}

test('a form sent without a session is answered by a page: a redirect would lose what was sent', () => {
  for (const reason of ['unauthenticated', 'session-unknown', 'session-expired'] as const) {
    const response = spell(reason, NAVIGATION, 'POST');
    assert.equal(response.status, 401);
    assert.equal(textOf(response), `<p>${reason}</p>`);
    assert.equal(response.headers.get('www-authenticate')?.startsWith('Bearer'), true);
  }
});

test('a person without a session is sent to sign in', () => {
  for (const reason of ['unauthenticated', 'session-unknown', 'session-expired'] as const) {
    const response = spell(reason, NAVIGATION);
    assert.equal(response.status, 303);
    assert.equal(response.headers.get('location'), 'https://example.com/.ostiary/sign-in?to=x');
    assert.deepEqual(response.headers.all('set-cookie'), ['b=1']);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.equal(response.headers.get('x-ostiary-request-id'), 'request-1');
  }
});

test('a person who cannot sign in here gets the page that says why', () => {
  const response = spell('unauthenticated', NAVIGATION, 'GET', { ...deps, signInUrl: () => refuse('insecure-origin') });
  assert.equal(response.status, 403);
  assert.equal(textOf(response), '<p>insecure-origin</p>');
  assert.equal(response.headers.get('x-ostiary-reason'), 'insecure-origin');
});

test('other refusals are a page for a person', () => {
  const response = spell('policy-denied', NAVIGATION);
  assert.equal(response.status, 403);
  assert.equal(textOf(response), '<p>policy-denied</p>');
  assert.equal(response.headers.get('cache-control'), 'no-store');
});

test('a program gets problem details without the detail for the log', () => {
  const response = spell('policy-denied', { 'sec-fetch-mode': 'cors' });
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  assert.deepEqual(JSON.parse(textOf(response)), {
    type: 'urn:ostiary:refusal:policy-denied',
    title: 'Forbidden',
    status: 403,
    detail: REASONS['policy-denied'].text,
    reason: 'policy-denied',
    requestId: 'request-1',
  });
  assert.equal(response.headers.has('www-authenticate'), false);
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
});

test('a script is told where its page goes on, on a Service host', () => {
  const signIn = (reason: Reason, given = SCRIPT) => JSON.parse(textOf(spell(reason, given))).signIn;
  assert.equal(signIn('session-expired'), '/.ostiary/sign-in');
  assert.equal(signIn('step-up-required'), '/.ostiary/second-factor');
  assert.equal(signIn('policy-denied'), undefined);
  assert.equal(signIn('token-invalid'), undefined);
});

const CHALLENGES: readonly (readonly [reason: Reason, fields: Fields, challenge: string])[] = [
  ['unauthenticated', {}, 'Bearer realm="ostiary"'],
  ['session-expired', { cookie: 'x=1' }, 'Bearer realm="ostiary"'],
  ['token-invalid', { authorization: 'Bearer x' }, 'Bearer realm="ostiary", error="invalid_token"'],
  ['session-unknown', { 'x-ostiary-auth': 'x' }, 'Bearer realm="ostiary", error="invalid_token"'],
];

for (const [reason, fields, challenge] of CHALLENGES) {
  test(`401 ${reason} ${JSON.stringify(fields)} challenges with ${challenge}`, () => {
    const response = spell(reason, fields);
    assert.equal(response.status, 401);
    assert.equal(response.headers.get('www-authenticate'), challenge);
  });
}

test('every reason can be spelled for a person and for a program', () => {
  for (const reason of Object.keys(REASONS) as Reason[]) {
    for (const fields of [NAVIGATION, {}]) {
      const { status } = spell(reason, fields);
      assert.ok(status === 303 || status === REASONS[reason].status, reason);
    }
  }
});
