/** Lines of an access log that somebody else has written, or that only say a part of what a rule needs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assembleOffline } from '../../src/main/offline.ts';
import { LoggedRequests } from '../../src/main/replay/logged-requests.ts';
import { readRecordedLine } from '../../src/main/replay/recorded-line.ts';
import { Replay } from '../../src/main/replay/replay.ts';
import { ShadowLog } from '../../src/main/replay/shadow-log.ts';
import { service, workload, yaml } from '../support/resources.ts';

const SOUND = {
  time: '2026-11-20T10:00:00.000Z',
  requestId: 'r',
  service: 'api',
  user: 'robot',
  credential: null,
  method: 'GET',
  host: 'api.localhost',
  path: '/v1',
  queryLength: 0,
  httpVersion: '2',
  clientAddress: '192.0.2.1',
  decision: { effect: 'deny', reason: 'no-policy-match', policy: null, rule: null },
  shadow: [{ policy: 'p', would: 'allow' }],
};

function replayOf(match: string): Replay {
  const rules = [{ name: 'r', effect: 'ALLOW', condition: { match } }];
  const api = service('api', {
    authorization: { inlinePolicies: [{ name: 'own', spec: { rules } }] },
    config: { upstream: { url: 'http://127.0.0.1:1' } },
  });
  const { compiled, diagnostics } = assembleOffline([{ file: 'a.yaml', text: yaml(workload('robot'), api) }]);
  assert.deepEqual(diagnostics, []);
  return new Replay(compiled.snapshot, 1);
}

test('a time that cannot be made a text is no line of ours', () => {
  for (const time of [{ toString: 1, valueOf: 1 }, ['2026-11-20'], 5, null]) {
    const line = JSON.stringify({ ...SOUND, time });
    assert.deepEqual(readRecordedLine(line), {
      ok: false,
      isForeign: true,
      why: 'the line is no line of an access log',
    });
  }
});

/** Any JSON, among it what no text can be made of. */
const anyJson = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom({ toString: 1 }, { valueOf: null, toString: {} }, { length: 1e9 }, 1e308, -0, '', '\u0000', '9e99'),
);
const anyField = fc.constantFrom(...Object.keys(SOUND), 'decision.effect', 'decision.reason', 'decision.policy');

function changed(field: string, value: unknown): string {
  const [name = '', inner] = field.split('.');
  if (inner === undefined) return JSON.stringify({ ...SOUND, [name]: value });
  return JSON.stringify({ ...SOUND, decision: { ...SOUND.decision, [inner]: value } });
}

test('no line ends a replay, a look at shadow policies or a diff', () => {
  const readers = [
    replayOf('ctx.request.http.path.startsWith("/v1") && ctx.request.ip != "" && now() > ctx.session.spec.expiresAt'),
    new ShadowLog(1),
    new LoggedRequests(),
  ];
  const take = (line: string) => {
    for (const reader of readers) reader.take(line);
  };
  fc.assert(
    fc.property(anyField, anyJson, (field, value) => take(changed(field, value))),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(anyJson, fc.string(), (value, text) => {
      take(JSON.stringify(value));
      take(text);
    }),
  );
  take(`{"time":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
  for (const reader of readers) JSON.stringify(reader.report());
});

const NEEDS = [
  'size(ctx.session.spec) >= 2',
  'ctx.session.spec.all(name, name != "x")',
  'size(ctx.session.status) > 3 || "a" == "b"',
  'ctx.session.status.type == "CLIENTLESS"',
];

for (const match of NEEDS) {
  test(`the same line is not decided the second time: ${match}`, () => {
    const replay = replayOf(match);
    for (let i = 0; i < 5; i++) replay.take(JSON.stringify(SOUND));
    const { decided, undecidable } = replay.report();
    assert.equal(decided, 0);
    assert.deepEqual(
      undecidable.map(({ count }) => count),
      [5],
    );
    assert.match(undecidable[0]!.why, /needs ctx\.session\.\w+(?:\.\w+)?, which is not in the log/);
  });
}
