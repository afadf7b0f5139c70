import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PLUGIN_SAMPLES, SAMPLE_SECRETS } from '../../support/plugin-samples.ts';
import { ASKERS, mix, request } from './mixed/mix.ts';
import { labelOf } from './mixed/upstream.ts';
import { type MixedAnswer, MixedWorld } from './mixed/world.ts';

const requests = fc.array(request, { minLength: 20, maxLength: 40 });

/** How often it was looked at: a property of nothing is easily kept. */
const seen = { requests: 0, told: 0, kept: 0, refused: 0 };

/** What says in an answer whom the upstream answered. */
function owners({ body, headers }: MixedAnswer): string[] {
  const named = [...body.matchAll(/asked-by:([^;]*);/g)].map((found) => found[1]!);
  return [...named, ...headers.all('x-asked-by')];
}

function checkOwner(answer: MixedAnswer, isOpen: boolean): void {
  const { x, request: asked, isAsked, headers } = answer;
  const told = owners(answer);
  const own = labelOf(x.principal);
  const named = asked.asker.split(' ')[0]!;
  seen.requests++;
  if (told.length > 0) {
    seen.told++;
    if (!isAsked) seen.kept++;
    assert.equal(own.split('/')[0], isOpen ? 'nobody' : named);
    assert.notEqual(own, isOpen ? '' : 'nobody');
  }
  for (const one of told) assert.equal(one, own);
  for (const name of headers.all('x-told')) assert.equal(name, named);
}

test('no answer that was made for one principal is served to another, whatever plugins are mixed', async () => {
  await fc.assert(
    fc.asyncProperty(mix, requests, requests, async (given, first, second) => {
      const world = new MixedWorld(given);
      try {
        for (const batch of [first, second]) {
          const [apps, opens] = await Promise.all([world.ask('app', batch), world.ask('open', batch)]);
          for (const answer of apps) checkOwner(answer, false);
          for (const answer of opens) checkOwner(answer, true);
        }
      } finally {
        world.close();
      }
    }),
    { numRuns: 60 },
  );
  assert.ok(seen.requests > 2_000 && seen.told > 1_000 && seen.kept > 50, JSON.stringify(seen));
});

test('plugins that do not identify let nobody through whom policies refuse', async () => {
  await fc.assert(
    fc.asyncProperty(mix, requests, async (given, asked) => {
      const world = new MixedWorld(given);
      try {
        const [apps, bares] = await Promise.all([world.ask('app', asked), world.ask('bare', asked)]);
        for (const [i, { x }] of bares.entries()) {
          if (x.decision?.effect === 'allow') continue;
          seen.refused++;
          const answer = apps[i]!;
          assert.equal(answer.isAsked, false, answer.request.asker);
          assert.deepEqual(owners(answer), []);
        }
      } finally {
        world.close();
      }
    }),
    { numRuns: 20 },
  );
  assert.ok(seen.refused > 100, JSON.stringify(seen));
});

const CREDENTIAL = SAMPLE_SECRETS['upstream-token'];
const SHOWN = Object.values(ASKERS).map((fields) => (fields[1] ?? 'never').replace(/^(?:Basic|Bearer) /, ''));

test('a key in a header whose name says nothing is not logged', async () => {
  const [config] = PLUGIN_SAMPLES.get('apiKey')!.others!;
  const plugin = { name: 'apiKey', config: config!, phase: 'PRE_AUTH', condition: { matchAny: true } };
  const world = new MixedWorld({ plugins: [plugin], fields: { visibility: { includeAllRequestHeaders: true } } });
  const asked = { asker: 'carol as a partner', method: 'GET', path: '/a', said: 1, fields: [] };
  const [answer] = await world.ask('app', [{ ...asked, fields: [['x-tenant', 'one']] }]);
  world.close();
  assert.equal(answer!.status, 200);
  assert.match(world.log, /"requestHeaders":\{"x-tenant":"one"\}/);
  assert.ok(!world.log.includes(SAMPLE_SECRETS['key-of-carol']));
});

test('no credential of the upstream is seen by a client or by another server; none at all is logged', async () => {
  let injected = 0;
  await fc.assert(
    fc.asyncProperty(mix, requests, async (given, asked) => {
      const world = new MixedWorld(given);
      try {
        for (const { headers, body } of await world.ask('app', asked)) {
          assert.ok(!`${headers.flat.join('\n')}${body}`.includes(CREDENTIAL));
        }
      } finally {
        world.close();
      }
      injected += world.toUpstream.filter((field) => field === `authorization: Bearer ${CREDENTIAL}`).length;
      assert.ok(!world.toOthers.some((field) => field.includes(CREDENTIAL)));
      assert.match(world.log, /\n/);
      for (const secret of [CREDENTIAL, ...SHOWN]) assert.ok(!world.log.includes(secret), secret);
    }),
    { numRuns: 20 },
  );
  assert.ok(injected > 50, `${injected} requests carried it`);
});
