import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { IdentifiedPrincipal, Principal } from '../../../identity/principal.ts';
import { ANONYMOUS } from '../../../identity/principal.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { BufferedBody, readBody } from '../../../src/gateway/body.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import type { Refusal, Response } from '../../../src/gateway/outcome.ts';
import type { Plugin } from '../../../src/gateway/plugin.ts';
import { SlotTable } from '../../../src/gateway/slot.ts';
import type { Upstream } from '../../../src/gateway/snapshot.ts';
import { plugin } from '../../../src/plugins/cache/cache.ts';
import type { Entry } from '../../../src/plugins/cache/entry.ts';
import { Flights } from '../../../src/plugins/cache/flights.ts';
import type { CacheRules } from '../../../src/plugins/cache/schema.ts';
import type { SharedAnswers } from '../../../src/plugins/cache/shared-answers.ts';
import { ResponseStore } from '../../../src/plugins/cache/store.ts';
import { streamed } from '../../support/manual-body.ts';
import { MemoryAnswers } from '../../support/memory-answers.ts';
import { TestClock } from '../../support/test-clock.ts';
import { authorized, deps } from './support.ts';

/** What decides whose an answer is: who acts, and what the upstream sees of the request. */
interface Request {
  readonly session: number;
  readonly group: string;
  readonly path: string;
  readonly query: string;
  readonly method: string;
  readonly fields: readonly (readonly [string, string])[];
}

/** What the upstream says of its answer; the same for all who ask. */
interface Said {
  readonly control: string;
  readonly vary: string;
  readonly etag: boolean;
  readonly isStreamed: boolean;
}

const request: fc.Arbitrary<Request> = fc.record({
  session: fc.integer({ min: 0, max: 2 }),
  group: fc.constantFrom('staff', 'admins'),
  path: fc.constantFrom('/', '/a'),
  query: fc.constantFrom('', 'a=b'),
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST'),
  fields: fc.uniqueArray(
    fc.tuple(
      fc.constantFrom('cookie', 'authorization', 'x-tenant', 'user-agent', 'if-none-match', 'cache-control', 'origin'),
      fc.constantFrom('1', '2', 'max-stale', '"tag"'),
    ),
    { maxLength: 3, selector: ([name]) => name },
  ),
});
const said: fc.Arbitrary<Said> = fc.record({
  control: fc.constantFrom(
    '',
    'max-age=60',
    'public, max-age=60',
    's-maxage=60',
    'no-cache',
    'private',
    'must-revalidate',
  ),
  vary: fc.constantFrom('', 'user-agent', 'X-Tenant, Cookie', '*'),
  etag: fc.boolean(),
  isStreamed: fc.boolean(),
});
const rules: fc.Arbitrary<CacheRules> = fc.record(
  {
    ttl: fc.constantFrom('1s', '1h'),
    maxSize: fc.constantFrom(10, 100_000),
    useXCacheHeader: fc.boolean(),
    allowUnsafeMethods: fc.boolean(),
    allowSharingOfPublicAnswersBetweenIdentities: fc.boolean(),
    key: fc.constant({ eval: 'the same for all' }),
  },
  { requiredKeys: [] },
);

function principalOf({ session, group }: Request): Principal {
  if (session === 0) return ANONYMOUS;
  const principal = {
    kind: 'human',
    user: { metadata: { name: `user-${session}`, uid: `u${session}` }, spec: {} },
    groups: [{ metadata: { name: group }, spec: {} }],
    session: { metadata: { uid: `s${session}` }, spec: {}, status: {} },
    device: null,
  };
  return principal as unknown as IdentifiedPrincipal;
}

function exchangeOf(one: Request): Exchange {
  const { method, path, query, fields } = one;
  const x = authorized({ method, path, query, headers: HeaderList.from(fields) });
  x.principal = principalOf(one);
  x.config = { forwardedMode: 'drop' } as never;
  return x;
}

/** Everything that the answer was made from. */
function ownerOf(one: Request): string {
  const { session, group, fields } = one;
  const secret = fields.filter(([name]) => ['cookie', 'authorization', 'x-tenant', 'origin'].includes(name));
  return JSON.stringify([session, session === 0 ? '' : group, secret.toSorted()]);
}

/** Answers with its owner, and knows what it would say to each. */
function upstreamOf(one: Request, { control, vary, etag, isStreamed }: Said): Upstream {
  const owner = ownerOf(one);
  const tag = `"${Buffer.from(owner).toString('base64')}"`;
  return {
    name: 'upstream',
    authority: 'upstream',
    forward: (x): Response => {
      const headers = HeaderList.from([['x-owner', owner]]);
      if (control !== '') headers.set('cache-control', control);
      if (vary !== '') headers.set('vary', vary);
      if (etag) headers.set('etag', tag);
      const known = x.outgoing!.headers.get('if-none-match');
      if (etag && known === tag) return { status: 304, headers, body: null };
      return { status: 200, headers, body: isStreamed ? streamed(owner) : streamed(owner.slice(0, 5), owner.slice(5)) };
    },
  };
}

function made(config: CacheRules, clock: TestClock, store = new ResponseStore(100_000)): Plugin {
  const slots = new SlotTable();
  return plugin.create(config, { ...deps, clock, responses: store, slot: <T>() => slots.slot<T>() });
}

/** One that shares its answers. */
function sharing(config: CacheRules, clock: TestClock, answers: SharedAnswers, fingerprint = ''): Plugin {
  const slots = new SlotTable();
  const place = { ...deps.place, fingerprint: () => fingerprint };
  const shared = { limits: deps.limits, answers };
  const responses = new ResponseStore(100_000);
  const more = { clock, responses, shared, place, slot: <T>() => slots.slot<T>() };
  return plugin.create({ ...config, store: 'REDIS' }, { ...deps, ...more });
}

async function ask(cache: Plugin, x: Exchange, upstream: Upstream): Promise<{ response: Response; body: string }> {
  await cache.inject!(x);
  const response = (await cache.forward!(x, upstream)) as Response | Refusal;
  if ('kind' in response) return assert.fail(response.reason);
  const read = response.body === null ? null : await readBody(response.body, 1e6);
  return { response, body: read?.kind === 'complete' ? read.bytes.toString() : '' };
}

type Caches = (config: CacheRules, clock: TestClock) => readonly Plugin[];
const CACHES: Record<string, Caches> = {
  'in one process': (config, clock) => [made(config, clock)],
  'by gateways that share': (config, clock) => {
    const answers = new MemoryAnswers();
    return [
      sharing({ maxSize: 100_000, ...config }, clock, answers),
      sharing({ maxSize: 100_000, ...config }, clock, answers),
    ];
  },
};

for (const [where, make] of Object.entries(CACHES)) {
  test(`no answer that was computed for one is ever given to another, ${where}`, async () => {
    const step = fc.record({ request, said, later: fc.constantFrom(0, 0, 2_000), at: fc.nat(1) });
    await fc.assert(
      fc.asyncProperty(rules, fc.array(step, { minLength: 2, maxLength: 25 }), async (config, steps) => {
        const clock = new TestClock();
        const caches = make(config, clock);
        const isShared = config.allowSharingOfPublicAnswersBetweenIdentities === true;
        for (const { request: one, said: about, later, at } of steps) {
          clock.advance(later);
          const { response, body } = await ask(caches[at % caches.length]!, exchangeOf(one), upstreamOf(one, about));
          const owner = response.headers.get('x-owner');
          const control = response.headers.get('cache-control') ?? '';
          const isPublic = isShared && /public|s-maxage/.test(control);
          if (isPublic) assert.deepEqual(JSON.parse(owner!)[2], JSON.parse(ownerOf(one))[2]);
          else assert.equal(owner, ownerOf(one));
          if (body !== '') assert.equal(body, owner);
        }
      }),
      { numRuns: 400 },
    );
  });
}

const SAID: Said = { control: 'max-age=60', vary: '', etag: false, isStreamed: true };

test('gateways that share have what another one kept, those of another configuration have not', async () => {
  const [answers, clock] = [new MemoryAnswers(), new TestClock()];
  const rules = { useXCacheHeader: true, maxSize: 1_000 };
  const caches = [
    sharing(rules, clock, answers),
    sharing(rules, clock, answers),
    sharing(rules, clock, answers, 'new'),
  ];
  const words = [];
  for (const cache of caches) words.push(await wordOf(cache));
  assert.deepEqual(words, ['MISS', 'HIT', 'MISS']);
});

async function wordOf(cache: Plugin): Promise<string | null> {
  return (await ask(cache, exchangeOf(ONE), upstreamOf(ONE, SAID))).response.headers.get('x-cache');
}

test('attack: what is kept and is no answer of this version is not there, whatever it is', async () => {
  const [answers, clock] = [new MemoryAnswers(), new TestClock()];
  const cache = sharing({ useXCacheHeader: true, maxSize: 1_000 }, clock, answers);
  await wordOf(cache);
  const [[name, { bytes, state }]] = [...answers.answers] as [[string, { bytes: Buffer; state: string }]];
  const head = JSON.parse(bytes.toString('utf8', 5, 5 + bytes.readUInt32BE(1))) as Record<string, unknown>;
  const written = (change: object) => {
    const text = Buffer.from(JSON.stringify({ ...head, ...change }));
    const front = Buffer.from([1, 0, 0, 0, 0]);
    front.writeUInt32BE(text.byteLength, 1);
    return Buffer.concat([front, text, Buffer.from('EVIL')]);
  };
  const wrong = [
    Buffer.alloc(0),
    Buffer.from([2, ...bytes.subarray(1)]),
    bytes.subarray(0, 20),
    Buffer.from([1, 0, 0, 0, 2, 91, 93]),
    written({ status: 99 }),
    written({ fields: ['x-a', 'b\r\nset-cookie: c=d'] }),
    written({ fields: ['x-a'] }),
    written({ varied: 'all' }),
    written({ lifetime: null }),
    written({ madeAt: clock.now() + 3_600_000 }),
  ];
  for (const one of wrong) {
    answers.answers.set(name, { state, bytes: one });
    assert.equal(await wordOf(cache), 'MISS', one.toString('latin1'));
  }
  answers.answers.set(name, { state, bytes: written({}) });
  assert.equal(await wordOf(cache), 'HIT');
});

const entry = (size: number, varied: Entry['varied'] = []): Entry => ({
  status: 200,
  headers: new HeaderList(),
  body: Buffer.alloc(size),
  varied,
  freshness: { madeAt: 0, lifetime: 1, isAlwaysValidated: false, isStrict: false },
});

test('the store never holds more than it may, and forgets what was used longest ago', () => {
  const store = new ResponseStore(10_000);
  for (const key of ['a', 'b', 'c']) store.put(key, key, entry(2_000));
  assert.notEqual(store.find('a', new HeaderList()), null);
  store.put('d', 'd', entry(2_000));
  assert.ok(store.bytes <= 10_000);
  assert.equal(store.find('b', new HeaderList()), null);
  assert.notEqual(store.find('a', new HeaderList()), null);
  store.put('huge', 'huge', entry(20_000));
  assert.ok(store.bytes <= 10_000);
});

test('answers to one key that differ by what strangers send are few', () => {
  const store = new ResponseStore(1_000_000);
  for (let i = 0; i < 100; i++) store.put('a', 'a', entry(10, [['user-agent', String(i)]]));
  assert.ok(store.bytes < 20_000);
});

const ONE: Request = { session: 1, group: 'staff', path: '/', query: '', method: 'GET', fields: [] };

test('what is copied on its way is bounded, given back, and not kept when it is too much', async () => {
  const store = new ResponseStore(3_000);
  const body = streamed('x'.repeat(900), 'y'.repeat(900));
  const forward = (): Response => ({ status: 200, headers: new HeaderList(), body });
  const upstream = { name: 'upstream', authority: 'upstream', forward };
  const { body: text } = await ask(made({}, new TestClock(), store), exchangeOf(ONE), upstream);
  assert.equal(text.length, 1_800);
  assert.deepEqual([store.bytes, store.bytesBeingRead], [0, 0]);
});

test('a cache of another configuration finds nothing of before', async () => {
  const store = new ResponseStore(100_000);
  const clock = new TestClock();
  const about: Said = { control: 'max-age=60', vary: '', etag: false, isStreamed: true };
  const words = [];
  const first = made({ useXCacheHeader: true }, clock, store);
  for (const cache of [first, first, made({ useXCacheHeader: true }, clock, store)]) {
    const { response } = await ask(cache, exchangeOf(ONE), upstreamOf(ONE, about));
    words.push(response.headers.get('x-cache'));
  }
  assert.deepEqual(words, ['MISS', 'HIT', 'MISS']);
});

test('attack: an answer to a body that a plugin made is not one to the body that came', async () => {
  const cache = made({ allowUnsafeMethods: true, useXCacheHeader: true }, new TestClock());
  const words: (string | null)[] = [];
  for (const sent of ['a', 'a', 'b', 'a']) {
    const x = exchangeOf({ ...ONE, method: 'POST' });
    x.buffered = { bytes: Buffer.from('the same'), json: null };
    x.outgoing!.body = new BufferedBody(Buffer.from(sent));
    words.push((await ask(cache, x, upstreamOf(ONE, SAID))).response.headers.get('x-cache'));
  }
  assert.deepEqual(words, ['MISS', 'HIT', 'MISS', 'HIT']);
});

test('nobody waits for long for one whose client reads slowly', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const flights = new Flights();
  const flight = flights.start('a');
  const waiting = flight.wait(exchangeOf(ONE));
  t.mock.timers.tick(5_000);
  assert.equal(await waiting, null);
  assert.equal(flights.get('a'), null);
});

test('one that waits and goes away is over, and the others go on waiting', async () => {
  const flight = new Flights().start('a');
  const [one, other] = [exchangeOf(ONE), exchangeOf(ONE)];
  const [gone, stays] = [flight.wait(one), flight.wait(other)];
  one.cancelUpstream!();
  assert.equal((await gone)?.reason, 'client-gone');
  flight.land();
  assert.equal(await stays, null);
});

test('an upstream that fails leaves nobody waiting', async () => {
  const cache = made({}, new TestClock());
  const failing = { name: 'upstream', authority: 'upstream', forward: () => Promise.reject(new Error('broken')) };
  for (let i = 0; i < 2; i++) {
    const x = exchangeOf(ONE);
    await cache.inject!(x);
    await assert.rejects(async () => cache.forward!(x, failing), /broken/);
  }
});

test('a 304 about another state is not believed: the upstream is asked again', async () => {
  const clock = new TestClock();
  const cache = made({ ttl: '1s' }, clock);
  const seen: (string | null)[] = [];
  let tag = '"one"';
  const forward = (x: Exchange): Response => {
    const asked = x.outgoing!.headers.get('if-none-match');
    seen.push(asked);
    const headers = HeaderList.from([['etag', tag]]);
    return { status: asked === null ? 200 : 304, headers, body: asked === null ? streamed(tag) : null };
  };
  const upstream = { name: 'upstream', authority: 'upstream', forward };
  await ask(cache, exchangeOf(ONE), upstream);
  clock.advance(2_000);
  tag = '"two"';
  const { response, body } = await ask(cache, exchangeOf(ONE), upstream);
  assert.deepEqual([response.status, body], [200, '"two"']);
  assert.deepEqual(seen, [null, '"one"', null]);
});
