import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Evaluation } from '../../../policies/engine.ts';
import { freeMap } from '../../../policies/input/plain.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { BOMB, engine, group, input, principal, user } from './fixtures.ts';

const attrs = freeMap({ teams: ['a', 'b'], limit: 3, __proto__: { polluted: true } });
const groups = [group('dev'), group('ops')];
const everything = input({
  principal: principal({ user: user('alice', { attrs: { level: 4, createdAt: 'free text' } }), groups }),
  request: {
    query: 'page=2&tag=a&tag=b&__proto__=q',
    headers: new HeaderList(['x-one', '1', 'x-two', 'a', 'x-two', 'b', 'constructor', 'c', 'content-length', '12']),
  },
  body: { bytes: Buffer.from('{"n":5}'), json: { n: 5, nothing: null, list: [1, null], constructor: 'data' } },
});

function evaluate(source: string): Evaluation {
  const compiled = engine.compile(source, attrs);
  assert.ok(compiled.ok, `${source}: ${JSON.stringify(compiled)}`);
  return compiled.program.evaluate(everything);
}

/** Every one of these must give true. */
const TRUE: Record<string, readonly string[]> = {
  'the request': [
    'ctx.request.http.path.startsWith("/v1")',
    'ctx.request.http.uri == "/v1/users?page=2&tag=a&tag=b&__proto__=q"',
    'ctx.request.http.headers["x-one"] == "1"',
    'ctx.request.http.headersAll["x-two"] == ["a", "b"]',
    'ctx.request.http.queryParams.page == "2" && ctx.request.http.query.page == "2"',
    'ctx.request.http.queryAll["tag"].size() == 2',
    'ctx.request.ip == "192.0.2.7" && net.isIPInRange(ctx.request.ip, "192.0.2.0/24")',
  ],
  'real types': [
    'ctx.user.metadata.createdAt < ctx.request.time',
    'ctx.session.spec.expiresAt - ctx.request.time == duration("8h")',
    'timestamp(ctx.session.spec.expiresAt) == ctx.session.spec.expiresAt',
    'ctx.request.http.size + 1 == 8',
    'ctx.request.http.bodyMap.n + 1.0 == 6.0',
    'ctx.user.spec.attrs.level == 4 && ctx.user.spec.attrs.createdAt == "free text"',
    'string(ctx.request.http.body) == "{\\"n\\":5}"',
    'ctx.user.spec.type == "HUMAN"',
  ],
  'groups and attrs': [
    '"dev" in ctx.user.spec.groups',
    'ctx.groups.exists(g, g.metadata.name == "ops")',
    'attrs.teams.hasAny(["b", "c"]) && attrs.teams.hasAll(["a"]) && !attrs.teams.hasAll(["a", "c"])',
    'attrs.limit == 3',
  ],
  functions: [
    'now() == ctx.request.time',
    'json.parse("{\\"a\\": {\\"b\\": 1}}").a.b == 1',
    'json.marshal({"a": [1, "x", true]}) == "{\\"a\\":[1,\\"x\\",true]}"',
    'net.isIP("::1") && net.isIPv6("::1") && net.isIPv4("10.0.0.1") && !net.isIP("x")',
    'net.isPrivateIP("10.1.2.3") && !net.isPrivateIP("192.0.2.1")',
    'time.isWeekday(now()) && !time.isWeekend(now())',
    'time.isWeekendInTZ(timestamp("2026-11-20T23:00:00Z"), "Asia/Tokyo")',
    'time.isWeekdayInTZ(timestamp("2026-11-20T23:00:00Z"), "UTC")',
    '[3, 1, 2].min() == 1 && ["a", "c", "b"].max() == "c"',
    '"AbC".toLower() == "abc" && "AbC".toUpper() == "ABC"',
    'base64.encode(b"A") == "QQ==" && base64.decode("QQ==") == b"A"',
    '"a,b".split(",") == ["a", "b"]',
  ],
  'names that JavaScript gives a meaning are plain data': [
    'ctx.request.http.headers.constructor == "c"',
    'ctx.request.http.query["__proto__"] == "q"',
    'ctx.request.http.bodyMap.constructor == "data"',
    '!has(dyn(ctx.user).constructor) && !("toString" in ctx.user)',
  ],
};

for (const [what, sources] of Object.entries(TRUE)) {
  describe(what, () => {
    for (const source of sources) {
      test(source, () => assert.deepEqual(evaluate(source), { kind: 'value', value: true }));
    }
  });
}

const MISSING = [
  'ctx.device.metadata.name == "x"',
  '!dyn(ctx.device.spec).isX',
  'ctx.request.http.headers["absent"] == ""',
  'ctx.request.http.bodyMap.nothing == 1',
  'ctx.request.http.bodyMap.list[9] == 1',
  'ctx.request.grpc.method == "x"',
  'attrs.absent',
  'attrs.polluted',
  'dyn(ctx.user)["__proto__"]',
  'dyn(ctx.user).constructor',
  'dyn(ctx.user.metadata)["hasOwnProperty"]',
  'ctx.request.http.headers["__proto__"] == "x"',
];

describe('what is not there is missing', () => {
  for (const source of MISSING) test(source, () => assert.equal(evaluate(source).kind, 'missing'));
});

const ERRORS: readonly (readonly [string, RegExp])[] = [
  ['dyn(ctx.request.http.path) > 1', /no such overload/],
  ['1 / 0 == 1', /division by zero/],
  ['ctx.device.status.x && 1 / 0 == 1', /division by zero/],
  ['"abc".charAt(9) == "a"', /out of bounds/],
  ['[].max() == 1', /empty/],
  ['net.isIPInRange("x", "10.0.0.0/8")', /not an IP address/],
  ['net.isIPInRange("10.0.0.1", ctx.request.http.path)', /not a CIDR block/],
  ['json.parse("[1]").a', /not a JSON object/],
  ['ctx.request.http.headers["x-two"] == "a"', /header "x-two" was sent more than once/],
  ['ctx.request.http.headers["x-two"] == "a" || true', /more than once/],
  ['ctx.request.http.query.tag == "a"', /query parameter "tag" was sent more than once/],
];

describe('what cannot be evaluated is an error', () => {
  for (const [source, message] of ERRORS) {
    test(source, () => {
      const result = evaluate(source);
      assert.equal(result.kind, 'error');
      assert.match(result.kind === 'error' ? result.message : '', message);
    });
  }
});

test('nested comprehensions end at the budget', () => {
  const result = evaluate(BOMB);
  assert.equal(result.kind, 'cost');
  assert.match(result.kind === 'cost' ? result.message : '', /takes more/);
  assert.deepEqual(
    evaluate('[1, 2, 3].all(a, a < 10)'),
    { kind: 'value', value: true },
    'the next one has a fresh budget',
  );
});

test('a backtracking pattern takes linear time', () => {
  const text = 'a'.repeat(200);
  assert.deepEqual(evaluate(`"${text}!".matches("^(a+)+$")`), { kind: 'value', value: false });
});

test('an error quotes nothing of a body that is no JSON', () => {
  const compiled = engine.compile('json.parse(string(ctx.request.http.body)).a == 1');
  assert.ok(compiled.ok);
  const body = { bytes: Buffer.from('secret-marker'), json: null };
  const result = compiled.program.evaluate(input({ body }));
  assert.equal(result.kind, 'error');
  assert.doesNotMatch(JSON.stringify(result), /marker/);
});
