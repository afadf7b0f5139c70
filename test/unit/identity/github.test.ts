import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, beforeEach, test } from 'node:test';
import { GithubSignIn } from '../../../identity/github/github-sign-in.ts';
import type { SignInProof } from '../../../identity/oidc/authorization-request.ts';
import type { Completed } from '../../../identity/oidc/relying-party.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import type { IdentityProvider } from '../../../src/model/index.ts';
import { type BrowserAnswer, CookieBrowser } from '../../support/cookie-browser.ts';
import { FakeGithub, GITHUB_CLIENT, GITHUB_SECRET, json } from '../../support/fake-github.ts';
import { APP, IdentityFixture, startGateway, user } from './fixture.ts';
import { pageOf } from './installation.ts';

const github = await FakeGithub.start();
after(() => github.close());

let fixture = new IdentityFixture();
const gateways: { close(): Promise<void> }[] = [];
after(() => Promise.all(gateways.map((gateway) => gateway.close())));

function provider(more: object = {}): IdentityProvider {
  const settings = { clientID: GITHUB_CLIENT, clientSecret: { fromSecret: 'github' }, baseURL: github.url, ...more };
  return { kind: 'IdentityProvider', metadata: { name: 'github' }, spec: { github: settings } };
}

function stating(name: string, identifier: string) {
  return user(name, { authentication: { identities: [{ identityProvider: 'github', identifier }] } });
}

beforeEach(() => {
  github.reset();
  fixture = new IdentityFixture();
  fixture.clientSecret = GITHUB_SECRET;
  fixture.config = { ...fixture.config, identityProviders: [provider()] };
});

async function signIn(): Promise<BrowserAnswer> {
  const gateway = await startGateway(fixture);
  gateways.push(gateway);
  return new CookieBrowser().get(gateway.url(APP, '/deep?x=1'));
}

async function signedInAs(): Promise<string> {
  const answer = await signIn();
  return answer.status === 200 ? JSON.parse(answer.body).user : String(pageOf(answer).code);
}

test('a login that a User states signs that User in, and the account is noted', async () => {
  fixture.withUsers(stating('olga', 'octocat'));
  const answer = await signIn();
  assert.deepEqual([JSON.parse(answer.body).user, JSON.parse(answer.body).url], ['olga', '/deep?x=1']);
  const [session] = await fixture.sessions.list('olga');
  const { issuer, subject, identifier, email } = session!.status.authentication.info.identityProvider!;
  assert.deepEqual([issuer, subject, identifier, email], [github.url, '583231', 'octocat', 'octo@example.com']);
});

test('the account itself can be stated', async () => {
  fixture.withUsers(stating('olga', 'id:583231'), stating('taker', 'octocat'));
  assert.equal(await signedInAs(), 'olga');
});

test('a login of digits is not taken for an account', async () => {
  github.account = { id: 1, login: '583231' };
  fixture.withUsers(stating('olga', 'id:583231'));
  assert.equal(await signedInAs(), 'user-unknown');
});

test('a login that another account has taken over signs nobody in', async () => {
  fixture.withUsers(stating('olga', 'octocat'));
  assert.equal(await signedInAs(), 'olga');
  github.account = { id: 666, login: 'octocat' };
  github.emails = [];
  assert.equal(await signedInAs(), 'identity-changed');
  github.reset();
  assert.equal(await signedInAs(), 'olga');
});

const OTHER = { email: 'first@example.com', primary: false, verified: true };
const ADDRESSES: readonly (readonly [what: string, emails: unknown, expected: string])[] = [
  ['the primary one', [OTHER, { email: 'OCTO@example.com', primary: true, verified: true }], 'primary'],
  ['the first verified one', [{ email: 'octo@example.com', primary: true, verified: false }, OTHER], 'first'],
  ['none that is verified', [{ email: 'octo@example.com', primary: true, verified: false }], 'user-unknown'],
  ['a word for verified', [{ email: 'octo@example.com', primary: true, verified: 'true' }], 'user-unknown'],
  ['two at signs', [{ email: 'octo@example.com@x', primary: true, verified: true }], 'user-unknown'],
  ['none', [], 'user-unknown'],
];

for (const [what, emails, expected] of ADDRESSES) {
  test(`an e-mail address finds a User: ${what}`, async () => {
    github.emails = emails;
    fixture.withUsers(user('primary', { email: 'octo@example.com' }), user('first', { email: 'first@example.com' }));
    assert.equal(await signedInAs(), expected);
  });
}

test('whoever keeps the addresses from us is found by login only', async () => {
  github.instead.set('/api/v3/user/emails', (response) => json(response, { message: 'Not Found' }, 404));
  fixture.withUsers(user('primary', { email: 'octo@example.com' }));
  assert.equal(await signedInAs(), 'user-unknown');
  fixture.withUsers(stating('olga', 'octocat'));
  assert.equal(await signedInAs(), 'olga');
});

const TOKEN = '/login/oauth/access_token';
const USER = '/api/v3/user';
const EMAILS = '/api/v3/user/emails';

const says = (value: unknown, status?: number) => (response: ServerResponse) => json(response, value, status);
const huge = (response: ServerResponse) => void response.end(`"${'x'.repeat(2 * 1024 * 1024)}"`);
const cut = (response: ServerResponse) => void response.socket?.destroy();
const elsewhere = (response: ServerResponse) => void response.writeHead(302, { location: '/api/v3/user' }).end();

const WRONG: readonly (readonly [what: string, path: string, (response: ServerResponse) => void, code: string])[] = [
  ['a code that is not good', TOKEN, says({ error: 'bad_verification_code' }), 'provider-answer-invalid'],
  ['a wrong secret', TOKEN, says({ error: 'incorrect_client_credentials' }), 'provider-misconfigured'],
  ['a wrong redirect URI', TOKEN, says({ error: 'redirect_uri_mismatch' }), 'provider-misconfigured'],
  [
    'an error beside a token',
    TOKEN,
    says({ error: 'x', access_token: 'a', token_type: 'bearer' }),
    'provider-answer-invalid',
  ],
  ['a token of another type', TOKEN, says({ access_token: 'a', token_type: 'mac' }), 'provider-answer-invalid'],
  ['a token without a type', TOKEN, says({ access_token: 'a' }), 'provider-answer-invalid'],
  [
    'a token with a line break',
    TOKEN,
    says({ access_token: 'a\r\nx: y', token_type: 'bearer' }),
    'provider-answer-invalid',
  ],
  ['a token that is no text', TOKEN, says({ access_token: { a: 1 }, token_type: 'bearer' }), 'provider-answer-invalid'],
  ['no JSON', TOKEN, (response) => void response.end('access_token=a&token_type=bearer'), 'provider-answer-invalid'],
  ['null', TOKEN, says(null), 'provider-answer-invalid'],
  ['a status of its own', TOKEN, says({ access_token: 'a', token_type: 'bearer' }, 201), 'provider-answer-invalid'],
  ['a huge answer', TOKEN, huge, 'provider-answer-invalid'],
  ['a failure', TOKEN, says({}, 500), 'provider-unreachable'],
  ['a cut connection', TOKEN, cut, 'provider-unreachable'],
  ['an answer that never comes', TOKEN, () => {}, 'provider-unreachable'],
  ['a body that never ends', TOKEN, (response) => void response.write('{'), 'provider-unreachable'],
  ['a redirect', TOKEN, elsewhere, 'provider-answer-invalid'],
  ['a token that is refused', USER, says({}, 401), 'provider-answer-invalid'],
  ['an account without an id', USER, says({ login: 'octocat' }), 'identifier-missing'],
  ['an id that is a text', USER, says({ id: '583231', login: 'octocat' }), 'identifier-missing'],
  ['an id that is not exact', USER, says({ id: 2 ** 60, login: 'octocat' }), 'identifier-missing'],
  ['an account without a login', USER, says({ id: 1 }), 'identifier-missing'],
  ['a login that is an id', USER, says({ id: 1, login: 'id:583231' }), 'identifier-missing'],
  ['a list', USER, says([{ id: 1, login: 'octocat' }]), 'identifier-missing'],
  ['a huge account', USER, huge, 'provider-answer-invalid'],
  ['an account that never comes', USER, () => {}, 'provider-unreachable'],
  ['addresses that are no list', EMAILS, says({ email: 'x@example.com' }), 'provider-answer-invalid'],
  ['addresses that fail', EMAILS, says({}, 502), 'provider-unreachable'],
];

const REDIRECT = 'http://ostiary.localhost/.ostiary/callback/github';

/** Sent there and back, with a short patience. */
async function visit(back: (url: URL) => void = () => {}, secret: string | null = GITHUB_SECRET): Promise<Completed> {
  const openSecret = () => (secret === null ? null : new SecretValue(secret));
  const protocol = new GithubSignIn({ openSecret, timeout: 300 });
  const begun = await protocol.begin({ provider: provider(), redirectUri: REDIRECT });
  if (begun.kind === 'refused') return begun;
  const { headers } = await fetch(begun.url, { redirect: 'manual' });
  const callbackUrl = new URL(headers.get('location') ?? '');
  back(callbackUrl);
  const proof: SignInProof = begun;
  return protocol.complete({ provider: provider(), callbackUrl, proof });
}

for (const [what, path, instead, code] of WRONG) {
  test(`GitHub answers ${path} with ${what}: ${code}`, async () => {
    github.instead.set(path, instead);
    const completed = await visit();
    assert.equal(completed.kind === 'refused' ? completed.code : completed.kind, code);
    assert.ok(!JSON.stringify(completed).includes(GITHUB_SECRET));
  });
}

const CALLBACKS: readonly (readonly [what: string, (url: URL) => void, code: string])[] = [
  ['another state', ({ searchParams }) => searchParams.set('state', 'x'), 'provider-answer-invalid'],
  ['no state', ({ searchParams }) => searchParams.delete('state'), 'provider-answer-invalid'],
  ['two codes', ({ searchParams }) => searchParams.append('code', 'x'), 'provider-answer-invalid'],
  ['no code', ({ searchParams }) => searchParams.delete('code'), 'provider-answer-invalid'],
  ["somebody else's code", ({ searchParams }) => searchParams.set('code', 'stolen'), 'provider-answer-invalid'],
  ['a refusal by the person', ({ searchParams }) => searchParams.set('error', 'access_denied'), 'sign-in-cancelled'],
  ['another refusal', ({ searchParams }) => searchParams.set('error', 'application_suspended'), 'provider-declined'],
];

for (const [what, back, code] of CALLBACKS) {
  test(`a browser comes back with ${what}: ${code}`, async () => {
    const completed = await visit(back);
    assert.equal(completed.kind === 'refused' ? completed.code : completed.kind, code);
  });
}

test('a code that was stolen is worth nothing without the verifier', async () => {
  const protocol = new GithubSignIn({ openSecret: () => new SecretValue(GITHUB_SECRET) });
  const [victim, thief] = await Promise.all(
    [1, 2].map(() => protocol.begin({ provider: provider(), redirectUri: REDIRECT })),
  );
  assert.ok(victim?.kind === 'begun' && thief?.kind === 'begun');
  const { headers } = await fetch(victim.url, { redirect: 'manual' });
  const callbackUrl = new URL(headers.get('location') ?? '');
  callbackUrl.searchParams.set('state', thief.state);
  const completed = await protocol.complete({ provider: provider(), callbackUrl, proof: thief });
  assert.equal(completed.kind === 'refused' ? completed.code : completed.kind, 'provider-answer-invalid');
});

test('without its Secret nobody is sent there', async () => {
  const completed = await visit(undefined, null);
  assert.equal(completed.kind === 'refused' ? completed.code : completed.kind, 'provider-secret-missing');
});
