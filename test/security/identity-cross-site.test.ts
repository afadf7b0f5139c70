import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SiteRoute } from '../../identity/site/route.ts';
import { APP, AUTH, type Fields, IdentityWorld } from '../support/identity-world.ts';
import { user } from '../unit/identity/fixture.ts';

const ALICE = user('alice', { email: 'alice@example.com' });
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A path for every pattern of ours; a new pattern has to be added. */
const EXAMPLES: ReadonlyMap<string, string> = new Map([
  ['backchannel-logout', '/.ostiary/backchannel-logout/demo'],
  ['callback', '/.ostiary/callback/demo'],
  ['access-requests', `/.ostiary/access-requests/${'0'.repeat(24)}/approve`],
  ['Users', '/scim/v2/Users/alice'],
  ['Groups', '/scim/v2/Groups/staff'],
  ['saml', '/.ostiary/saml/demo/metadata'],
  ['scim', '/scim/v2/Anything'],
]);

/** For programs: what they show is nothing that a browser sends unasked. */
const OF_PROGRAMS = /^(?:\/oauth2\/|\/scim\/v2|\/\.ostiary\/(?:backchannel-logout|callback)\/)/;

/** How requests come that no page of the same origin made. */
function foreignTo(host: string): readonly Fields[] {
  const other = host === AUTH ? APP : AUTH;
  return [
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: `https://${other}` },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'cross-site', origin: `https://${host}` },
    { origin: `https://${other}` },
    { origin: `http://${host}` },
    { origin: `https://${host}:8443` },
    { origin: `https://${host}.evil.example` },
    { origin: 'null' },
    { referer: `https://${host}/.ostiary/account` },
    {},
  ];
}

function pathOf({ path }: SiteRoute): string {
  if (typeof path === 'string') return path;
  const found = [...EXAMPLES].find(([word, example]) => path.source.includes(word) && path.test(example));
  return found?.[1] ?? assert.fail(`no example of ${path}`);
}

interface Endpoint {
  readonly host: string;
  readonly path: string;
  readonly method: string;
}

const world = new IdentityWorld([ALICE]);
const endpoints: readonly Endpoint[] = world.layer.routes.flatMap((route) =>
  Object.keys(route.methods).map((method) => ({
    host: route.on === 'auth-host' ? AUTH : APP,
    path: pathOf(route),
    method,
  })),
);
const changing = endpoints.filter(({ method }) => !SAFE.has(method));
const FORM = {
  others: '1',
  code: '000000',
  decision: 'approve',
  service: 'wiki',
  reason: 'x',
  duration: '1h',
  email: 'a@b',
};

/** All that is kept, but when sessions were used last. */
function kept(): string {
  const { sessionRows, handleRows, handOverRows, recordRows } = world.store;
  return JSON.stringify([sessionRows, handleRows, handOverRows, recordRows].map((rows) => [...rows]));
}

async function browser(host: string): Promise<Fields> {
  return world.cookieOf(await world.signedIn(ALICE), host);
}

test('there are addresses that change something, on both kinds of hosts', () => {
  assert.ok(changing.length >= 25, String(changing.length));
  assert.deepEqual([...new Set(changing.map(({ host }) => host))].sort(), [APP, AUTH]);
});

describe('a form that no page of the same origin sent changes nothing', () => {
  for (const { host, path, method } of changing.filter(({ path }) => !OF_PROGRAMS.test(path))) {
    test(`${method} ${host}${path}`, async () => {
      const cookie = await browser(host);
      const before = kept();
      for (const headers of foreignTo(host)) {
        const answer = await world.ask(method, path, { host, form: FORM, headers: { ...cookie, ...headers } });
        assert.deepEqual(
          answer?.kind === 'refused' ? answer.reason : answer,
          'bad-request',
          `${JSON.stringify(headers)} is taken for our own page`,
        );
      }
      assert.equal(kept(), before);
    });
  }
});

describe('what programs use takes no cookie for a proof of anything', () => {
  for (const { host, path, method } of changing.filter(({ path }) => OF_PROGRAMS.test(path))) {
    test(`${method} ${host}${path}`, async () => {
      const cookie = await browser(host);
      const before = kept();
      const own = { origin: `https://${host}`, 'sec-fetch-site': 'same-origin' };
      const answer = await world.ask(method, path, { host, form: FORM, headers: { ...cookie, ...own } });
      const status = answer?.kind === 'json' || answer?.kind === 'page' ? answer.status : 400;
      // RFC 7009 2.2: a token that is not known is revoked already
      assert.ok(status >= 400 || path === '/oauth2/revoke', JSON.stringify(answer));
      assert.equal(kept(), before);
    });
  }
});

describe('a link that is followed changes no session, no second factor and no request for access', () => {
  for (const { host, path, method } of endpoints.filter(({ method }) => SAFE.has(method))) {
    test(`${method} ${host}${path}`, async () => {
      const cookie = await browser(host);
      const before = kept();
      const query = new URLSearchParams({ ...FORM, user_code: 'BCDF-GHJK', id: 'abc123', state: 'A'.repeat(43) });
      const headers = { ...cookie, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
      await world.ask(method, `${path}?${query}`, { host, headers });
      assert.equal(kept(), before);
    });
  }
});

describe('a cookie that is no proof changes nothing from our own pages either', () => {
  for (const { host, path, method } of changing.filter(({ path }) => !OF_PROGRAMS.test(path))) {
    test(`${method} ${host}${path}`, async () => {
      const other = await browser(host === AUTH ? APP : AUTH);
      const [first, second] = [await browser(host), await browser(host)];
      const over = await world.signedIn(ALICE);
      const ended = await world.cookieOf(over, host);
      await world.layer.sessions.revoke(over.metadata.uid);
      const before = kept();
      const bad: Readonly<Record<string, Fields>> = {
        'of another host': other,
        'twice the same': { cookie: `${first.cookie}; ${first.cookie}` },
        'two of them': { cookie: `${second.cookie}; ${first.cookie}` },
        'of a session that was ended': ended,
        'without the prefix': { cookie: first.cookie!.replace('__Host-', '') },
        'with a white space before its name': { cookie: `\u00a0${first.cookie}` },
      };
      for (const [name, cookie] of Object.entries(bad)) {
        const own = { origin: `https://${host}`, 'sec-fetch-site': 'same-origin' };
        await world.ask(method, path, { host, form: FORM, headers: { ...own, ...cookie } });
        assert.equal(kept(), before, name);
      }
    });
  }
});
