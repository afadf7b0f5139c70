import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { IdentifiedPrincipal, Principal } from '../../../identity/principal.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { tokenExchange } from '../../../src/credentials/token-exchange.ts';
import type { PostForm } from '../../../src/credentials/tokens/token-endpoint.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import { TestClock } from '../../support/test-clock.ts';
import { exchangeWith } from '../upstream/support.ts';
import { credentialDeps } from './support.ts';

const THEIRS = 'token-of-another-issuer';
const SETTINGS = {
  clientID: 'gate',
  clientSecret: { fromSecret: 's' },
  tokenURL: 'https://issuer.example/token',
  subjectToken: 'CLIENT_TOKEN',
} as const;

interface Who {
  readonly session?: string;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly ends?: number;
  readonly type?: string;
}

function principal(
  clock: TestClock,
  { session = 'one', user = 'alice', groups = [], ends, type = 'EXTERNAL' }: Who = {},
) {
  const expiresAt = new Date(ends ?? clock.now() + 3_600_000).toISOString();
  return {
    kind: 'human',
    user: { metadata: { name: user }, spec: {} },
    groups: groups.map((name) => ({ metadata: { name } })),
    session: { metadata: { uid: session }, spec: { expiresAt }, status: { authentication: { info: { type } } } },
    device: null,
  } as unknown as IdentifiedPrincipal;
}

function world() {
  const clock = new TestClock();
  let asked = 0;
  const post: PostForm = async () => {
    asked++;
    return { status: 200, body: { access_token: `token-${asked}`, token_type: 'Bearer', expires_in: 7_200 } };
  };
  const plugin = tokenExchange(SETTINGS, credentialDeps({ clock, post }));
  const through = async (who: Principal | null, shown: readonly string[] = [`Bearer ${THEIRS}`], version = 1) => {
    const plain = exchangeWith({}, { open: () => new SecretValue('s3cret'), version: () => version });
    const headers = HeaderList.from(shown.map((value) => ['authorization', value]));
    const x: Exchange = Object.assign(plain, { request: { ...plain.request, headers }, principal: who });
    const outcome = await plugin.inject!(x);
    return outcome === null ? (x.outgoing!.headers.get('authorization') ?? '') : inspect(outcome);
  };
  return { clock, through, asked: () => asked };
}

test('a token is for one session, one user as they are, and one value of the Secret', async () => {
  const { clock, through, asked } = world();
  const end = clock.now() + 3_600_000;
  const everybody: readonly Who[] = [
    { ends: end },
    { ends: end, session: 'two' },
    { ends: end, user: 'bob' },
    { ends: end, groups: ['staff'] },
    { ends: end, groups: ['staff', 'admins'] },
    { ends: end + 1 },
  ];
  const tokens = new Set<string>();
  for (let i = 0; i < 2; i++) {
    for (const who of everybody) tokens.add(await through(principal(clock, who)));
  }
  assert.deepEqual([tokens.size, asked()], [everybody.length, everybody.length]);
  tokens.add(await through(principal(clock, everybody[0]), undefined, 2));
  assert.equal(tokens.size, everybody.length + 1);
});

test('it does not outlive the session, whatever the issuer says', async () => {
  const { clock, through } = world();
  const who = principal(clock, { ends: clock.now() + 60_000 });
  assert.equal(await through(who), 'Bearer token-1');
  clock.advance(53_000);
  assert.equal(await through(who), 'Bearer token-1');
  clock.advance(7_000);
  assert.match(await through(who), /credential-unavailable.* ended/s);
});

const UNSHOWN: readonly (readonly [what: string, shown: readonly string[], type: string])[] = [
  ['nothing', [], 'EXTERNAL'],
  ['two', [`Bearer ${THEIRS}`, `Bearer ${THEIRS}`], 'EXTERNAL'],
  ['another scheme', [`Basic ${THEIRS}`], 'EXTERNAL'],
  ['one of ours', ['Bearer ost_access_0123456789'], 'EXTERNAL'],
  ['one beside a session of ours', [`Bearer ${THEIRS}`], 'IDENTITY_PROVIDER'],
];

for (const [what, shown, type] of UNSHOWN) {
  test(`the client shows ${what}: nothing is exchanged`, async () => {
    const { clock, through, asked } = world();
    assert.match(
      await through(principal(clock, { type }), shown),
      /credential-unavailable.*no token of another issuer/s,
    );
    assert.equal(asked(), 0);
  });
}

test('nobody has a token, and an anonymous Service cannot ask for one', async () => {
  const { through } = world();
  assert.match(await through(null), /nobody is signed in/);
  assert.throws(() => tokenExchange(SETTINGS, credentialDeps({ isAnonymous: true })), /anonymous/);
});
