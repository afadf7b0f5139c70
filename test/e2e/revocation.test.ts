import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { CookieBrowser } from '../support/cookie-browser.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { ParrotServer } from '../support/grpc-parrot.ts';
import { type HeldStream, type Holder, holdStreams, startHoldingUpstream } from '../support/held-streams.ts';
import type { Answer } from '../support/http-client.ts';
import { confirmSignOut, fetchOnLoopback, LOGOUT_FEATURES, startTestProvider } from '../support/oidc-provider.ts';
import { bearer, type Document, group, policy, service, workload, yaml } from '../support/resources.ts';
import { ScimClient } from '../support/scim-client.ts';
import { identityProvider, SignInWorld } from '../support/sign-in-world.ts';
import { until } from '../support/until.ts';

/** Of every kind of stream, for each credential. */
const STREAMS = 3;
/** Afterwards, on connections of their own: some to every worker. */
const REQUESTS = 8;
const SIGN_IN = '/.ostiary/sign-in?to=/';

const url = await startHoldingUpstream();
const parrot = await ParrotServer.start();

type Headers = Holder['headers'];

/** Whoever holds the streams, and has them in other browsers or programs as well. */
interface Holding {
  readonly name: string;
  readonly world: World;
  readonly browser: CookieBrowser;
  /** Of a workload, else empty. */
  readonly token: string;
}

interface Case {
  /** Who holds the streams. Left out: somebody of the group that is let in. */
  readonly who?: 'workload' | 'client' | 'outsider' | 'pushed';
  readonly spec?: Readonly<Record<string, unknown>>;
  /** Of the credential, in milliseconds. */
  readonly expiresInMs?: number;
  /** Ends what they have; resolves when it is done. Left out: time does. */
  readonly end?: (holding: Holding) => Promise<unknown>;
  /** When time does, in milliseconds since 1970. Left out: nobody can say to the millisecond. */
  readonly endsAt?: (holding: Holding) => Promise<number>;
  /** What a request is answered afterwards. */
  readonly status?: 401 | 403;
}

const CASES: Readonly<Record<string, Case>> = {
  'a session that is over': {
    spec: { session: { clientlessDuration: '6s' } },
    endsAt: endOfSession,
  },
  'a session that nobody uses': {
    spec: { session: { idleDuration: '5s' } },
  },
  'a Credential that expires': {
    who: 'workload',
    expiresInMs: 5000,
    endsAt: endOfSession,
  },
  'a session that an administrator revokes': {
    end: async ({ name, world }) => {
      for (const { metadata } of await world.gateway.api.sessions(name)) {
        await world.gateway.command(['sessions', 'revoke', metadata.name]);
      }
    },
  },
  'a session that its user ends in another browser': {
    end: async ({ name, world }) => {
      const another = await world.signedIn(world.url(DOMAIN), name);
      const answer = await another.submit(world.url(DOMAIN, '/.ostiary/account/sessions'), { others: '1' });
      assert.equal(answer.status, 303);
    },
  },
  'a sign-out': {
    end: async ({ world, browser }) => {
      assert.equal((await browser.submit(world.url('app', '/.ostiary/sign-out'))).status, 303);
    },
  },
  'a sign-out at the provider': {
    end: async ({ world, browser }) => {
      await confirmSignOut(browser, await browser.get(`${world.issuer}/session/end`));
    },
  },
  'a User who is disabled': {
    end: ({ name, world }) => world.apply(person(name, { isDisabled: true })),
    status: 403,
  },
  'a User who is deleted': {
    end: ({ name, world }) => world.gateway.api.delete('User', name),
  },
  'a User whom the directory deletes': {
    who: 'pushed',
    end: async ({ name, world }) => {
      const { Resources } = (await world.scim.find('Users', `userName eq "${name}"`)).body;
      assert.equal((await world.scim.delete(`Users/${Resources![0]!.id}`)).status, 204);
    },
  },
  'a User who leaves a Group': {
    end: ({ name, world }) => world.apply(person(name, { groups: [] })),
    status: 403,
  },
  'a Policy that changes': {
    end: ({ name, world }) => world.ban(name),
    status: 403,
  },
  'a grant that is revoked': {
    who: 'outsider',
    end: async ({ name, world }) => {
      for (const { id, user, state } of await world.gateway.api.accessRequests()) {
        if (user !== name || state !== 'granted') continue;
        await world.gateway.api.decideAccess({ id, decision: 'revoke', durationMs: null });
      }
    },
    status: 403,
  },
  'a Credential that is deleted': {
    who: 'workload',
    end: ({ name, world }) => world.gateway.api.delete('Credential', `of-${name}`),
  },
  'a Credential that is rotated': {
    who: 'workload',
    end: ({ name, world }) => world.gateway.token(name, { rotate: true }),
  },
  'a token that its client revokes': {
    who: 'client',
    end: async ({ name, token, world }) => {
      assert.equal((await world.oauth2('revoke', name, { token })).status, 200);
    },
  },
};

async function endOfSession({ name, world }: Holding): Promise<number> {
  const [session] = await world.gateway.api.sessions(name);
  return Date.parse(session!.spec.expiresAt);
}

const NAMES = Object.keys(CASES).map((_, i) => `person-${i}`);

function person(name: string, spec: Readonly<Record<string, unknown>> = {}): Document {
  const email = `${name}@example.com`;
  return { kind: 'User', metadata: { name }, spec: { type: 'HUMAN', email, groups: ['members'], ...spec } };
}

const authorization = {
  policies: ['members', 'banned'],
  accessRequests: { approvers: { users: ['approver'] }, maxDuration: '1h' },
};
const banned = (name: string) =>
  policy('banned', { effect: 'DENY', priority: -1, condition: { match: `ctx.user.metadata.name == "${name}"` } });

const RESOURCES = yaml(
  group('members'),
  policy('members', {
    effect: 'ALLOW',
    condition: {
      match:
        '"members" in ctx.user.spec.groups || "pushed" in ctx.user.spec.groups || ctx.user.spec.type == "WORKLOAD"',
    },
  }),
  service('app', { authorization, config: { upstream: { url }, http: { listenHTTP2: true } } }),
  service('calls', { mode: 'GRPC', authorization, config: { upstream: { url: `grpc://127.0.0.1:${parrot.port}` } } }),
  workload('directory'),
  person('approver'),
  person('stays'),
);

class World extends SignInWorld {
  readonly issuer: string;
  readonly scim: ScimClient;
  readonly #clients = new Map<string, string>();

  private constructor(gateway: GatewayProcess, issuer: string, scim: ScimClient) {
    super(gateway);
    this.issuer = issuer;
    this.scim = scim;
  }

  static async with(workers: number): Promise<World> {
    const gateway = await GatewayProcess.start({ files: {}, args: ['--workers', String(workers)] });
    const url = (path: string) => `http://${DOMAIN}:${gateway.port}/.ostiary/${path}/demo`;
    const accounts = [...NAMES, 'stays'].map((sub) => ({ sub, email: `${sub}@example.com`, name: sub }));
    const metadata = { backchannel_logout_uri: url('backchannel-logout'), backchannel_logout_session_required: true };
    const settings = { features: LOGOUT_FEATURES, fetch: fetchOnLoopback(DOMAIN) };
    const { issuer, close } = await startTestProvider([url('callback')], { accounts, metadata, settings });
    after(close);
    await gateway.api.apply({ texts: [{ file: '-', text: yaml(banned('nobody')) }] });
    assert.match(
      await gateway.write('resources.yaml', [RESOURCES, identityProvider(issuer)].join('---\n')),
      /is live$/,
    );
    const scim = new ScimClient(gateway, await gateway.token('directory', { scopes: ['scim:*'] }));
    return new World(gateway, issuer, scim);
  }

  async apply(...documents: readonly Document[]): Promise<void> {
    const { accepted } = await this.gateway.api.apply({ texts: [{ file: '-', text: yaml(...documents) }] });
    assert.ok(accepted);
  }

  ban(name: string): Promise<void> {
    return this.apply(banned(name));
  }

  hold(headers: Headers): Promise<HeldStream[]> {
    const { port } = this.gateway;
    return holdStreams({ port, headers, authority: (name) => `${name}.${DOMAIN}:${port}` }, STREAMS);
  }

  async holding(name: string, { who, spec, expiresInMs }: Case): Promise<Holding> {
    const browser = new CookieBrowser();
    if (who === 'workload' || who === 'client') {
      await this.apply(workload(name));
      const token =
        who === 'client'
          ? await this.clientToken(name)
          : await this.gateway.token(name, { expiresInMs: expiresInMs ?? null });
      return { name, world: this, browser, token };
    }
    if (who === 'pushed') {
      const emails = [{ value: `${name}@example.com`, primary: true }];
      const { id } = (await this.scim.post('Users', { userName: name, emails })).body;
      await this.scim.post('Groups', { displayName: 'pushed', members: [{ value: id }] });
    } else {
      await this.apply(person(name, { ...spec, ...(who === 'outsider' && { groups: [] }) }));
    }
    await this.signIn(browser, this.url('calls', SIGN_IN), name);
    await browser.get(this.url('app', SIGN_IN));
    const holding = { name, world: this, browser, token: '' };
    if (who === 'outsider') await this.grant(holding);
    return holding;
  }

  async grant(holding: Holding): Promise<void> {
    const { name, browser } = holding;
    for (const asked of ['app', 'calls']) {
      const form = { service: asked, reason: 'on call', duration: '1h' };
      assert.equal((await browser.submit(this.url(DOMAIN, '/.ostiary/access'), form)).status, 303);
    }
    for (const { id, user } of await this.gateway.api.accessRequests()) {
      if (user === name) await this.gateway.api.decideAccess({ id, decision: 'approve', durationMs: null });
    }
    // Every worker looks by itself.
    while ((await this.answers(headersOf(holding))).some((given) => given !== 200));
  }

  /** What requests are answered, some of them by every worker. */
  async answers(headers: Headers): Promise<number[]> {
    const ask = () => this.gateway.ask('app', '/', { headers: headers('app') });
    return (await Promise.all(Array.from({ length: REQUESTS }, ask))).map(({ status: given }) => given);
  }

  /** Makes a client of the token endpoint, and gives a token of it. */
  async clientToken(name: string): Promise<string> {
    const made = await this.gateway.api.createCredential({
      name: `of-${name}`,
      user: name,
      type: 'oauth2',
      policies: [],
      scopes: [],
      expiresInMs: null,
      rotate: false,
    });
    assert.ok('clientId' in made);
    this.#clients.set(name, `${made.clientId}:${made.clientSecret}`);
    const answer = await this.oauth2('token', name, { grant_type: 'client_credentials' });
    return (JSON.parse(answer.body) as { access_token: string }).access_token;
  }

  oauth2(endpoint: 'token' | 'revoke', name: string, form: Readonly<Record<string, string>>): Promise<Answer> {
    const basic = Buffer.from(this.#clients.get(name)!).toString('base64');
    const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${basic}` };
    const body = new URLSearchParams(form).toString();
    return this.gateway.ask(DOMAIN, `/oauth2/${endpoint}`, { method: 'POST', headers, body });
  }
}

function headersOf({ browser, token }: Holding): Headers {
  if (token !== '') return () => bearer(token);
  return (name) => ({ cookie: `ostiary-session=${browser.cookie(`${name}.${DOMAIN}`, 'ostiary-session')}` });
}

const GRPC = { 401: status.UNAUTHENTICATED, 403: status.PERMISSION_DENIED };

function endsBy(answered: 401 | 403): Record<HeldStream['kind'], unknown[]> {
  const [cut, call] = [['cut off'], [GRPC[answered]]];
  return { WebSocket: [1008], events: cut, lines: cut, 'events over HTTP/2': cut, gRPC: call, 'gRPC upload': call };
}

/** What a stream says that is still open. */
const OPEN = 'open';
const ALL_OPEN = {
  WebSocket: [OPEN],
  events: [OPEN],
  lines: [OPEN],
  'events over HTTP/2': [OPEN],
  gRPC: [OPEN],
  'gRPC upload': [OPEN],
};

function endsOf(streams: readonly HeldStream[]): Record<string, unknown[]> {
  const kinds = Map.groupBy(streams, ({ kind }) => kind);
  return Object.fromEntries(
    [...kinds].map(([kind, ofKind]) => [kind, [...new Set(ofKind.map(({ end }) => end?.how ?? OPEN))]]),
  );
}

async function mustEnd(t: TestContext, world: World, name: string, one: Case): Promise<void> {
  const holding = await world.holding(name, one);
  const headers = headersOf(holding);
  const streams = await world.hold(headers);
  assert.deepEqual(endsOf(streams), ALL_OPEN);
  const endsAt = await one.endsAt?.(holding);
  await one.end?.(holding);
  const since = endsAt ?? Date.now();
  await until(
    () => `the end of all streams; so far: ${JSON.stringify(endsOf(streams))}`,
    () => streams.every(({ end }) => end !== null),
  );
  const last = Math.max(...streams.map(({ end }) => end!.at));
  t.diagnostic(`the last of ${streams.length} streams ended after ${last - since} ms`);
  const expected = one.status ?? 401;
  assert.deepEqual(endsOf(streams), endsBy(expected));
  assert.deepEqual([...new Set(await world.answers(headers))], [expected]);
}

/** With more workers some are enough: the ways by which one process tells the others are the same. */
const FEW = [
  'a session that is over',
  'a session that an administrator revokes',
  'a sign-out',
  'a Policy that changes',
];

for (const [workers, names] of [
  [2, Object.keys(CASES)],
  [4, FEW],
] as const) {
  test(`with ${workers} workers, streams are ended by`, { concurrency: 6 }, async (t) => {
    const world = await World.with(workers);
    const browser = new CookieBrowser();
    await world.signIn(browser, world.url('calls', SIGN_IN), 'stays');
    await browser.get(world.url('app', SIGN_IN));
    const staying = await world.hold(headersOf({ name: 'stays', world, browser, token: '' }));
    const run = (what: string, i: number) => t.test(what, (case_) => mustEnd(case_, world, NAMES[i]!, CASES[what]!));
    await Promise.all(names.map(run));
    assert.deepEqual(endsOf(staying), ALL_OPEN, 'somebody else is none the wiser');
  });
}
