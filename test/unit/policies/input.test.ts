import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeMap, resourceMap } from '../../../policies/input/plain.ts';
import { Failure } from '../../../policies/values/failure.ts';
import { MapValue } from '../../../policies/values/map.ts';
import { Timestamp } from '../../../policies/values/time.ts';
import type { Result } from '../../../policies/values/value.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { anonymousInput, group, input, NOW, principal } from './fixtures.ts';

function at(map: MapValue, path: string): Result | undefined {
  return path.split('.').reduce<Result | undefined>((value, name) => {
    return value instanceof MapValue ? value.get(name) : undefined;
  }, map);
}

test('the request is described by its canonical view', () => {
  const { ctx, time } = input({ request: { query: 'a=1', httpVersion: '2' } });
  assert.equal(time, NOW);
  const expected = {
    method: 'GET',
    scheme: 'https',
    host: 'api.example.com',
    path: '/v1/users',
    uri: '/v1/users?a=1',
    protocol: 'HTTP/2',
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(at(ctx, `request.http.${name}`), value);
  assert.equal(at(ctx, 'request.ip'), '192.0.2.7');
  assert.deepEqual(at(ctx, 'request.time'), Timestamp.ofMilliseconds(NOW));
});

test('what is absent has no key', () => {
  const { ctx } = anonymousInput;
  assert.deepEqual([...ctx.keys()], ['service', 'namespace', 'request']);
  for (const name of ['size', 'body', 'bodyMap']) assert.equal(at(ctx, `request.http.${name}`), undefined);
});

test('a principal brings user, session and groups', () => {
  const who = principal({ groups: [group('dev')] });
  const { ctx } = input({ principal: who });
  assert.deepEqual([...ctx.keys()], ['user', 'session', 'groups', 'service', 'namespace', 'request']);
  assert.deepEqual(at(ctx, 'session.spec.expiresAt'), Timestamp.ofMilliseconds(Date.parse('2026-11-18T20:00:00Z')));
});

test('the parts of a principal are built once, not for each request', () => {
  const who = principal({ groups: [group('dev')] });
  const [one, two] = [input({ principal: who }).ctx, input({ principal: who }).ctx];
  for (const name of ['user', 'session', 'groups']) assert.equal(one.get(name), two.get(name));
});

test('nothing is parsed before it is read', () => {
  const headers = new HeaderList(['cookie', 'a=1']);
  const reads: string[] = [];
  const all = headers.all.bind(headers);
  headers.all = (name) => {
    reads.push(name);
    return all(name);
  };
  const { ctx } = input({ request: { headers } });
  assert.equal(at(ctx, 'request.http.path'), '/v1/users');
  assert.deepEqual(reads, []);
  assert.equal(at(ctx, 'request.http.cookies.a'), '1');
  assert.deepEqual(reads, ['cookie']);
});

test('credentials of ours are not there in any form', () => {
  const headers = HeaderList.from([
    ['authorization', 'Bearer marker'],
    ['proxy-authorization', 'Basic marker'],
    ['x-ostiary-auth', 'marker'],
    ['cookie', '__Host-ostiary-session=marker; theme=dark'],
    ['cookie', 'ostiary-session=marker'],
  ]);
  const { ctx } = input({ request: { headers } });
  const shown = JSON.stringify([...walk(ctx)]);
  assert.doesNotMatch(shown, /marker/);
  assert.equal(at(ctx, 'request.http.headers.cookie'), 'theme=dark');
  assert.equal(at(ctx, 'request.http.cookies.theme'), 'dark');
});

function* walk(value: Result | undefined): Iterable<string> {
  if (value instanceof MapValue) {
    for (const name of value.keys()) {
      yield String(name);
      yield* walk(value.get(name));
    }
  } else if (Array.isArray(value)) for (const item of value) yield* walk(item);
  else yield String(value);
}

function assertAmbiguous(value: Result | undefined): void {
  assert.ok(value instanceof Failure && value.kind === 'error' && value.isFinal, 'no operator absorbs it');
}

test('a repeated header, parameter or cookie has no single value', () => {
  const headers = new HeaderList(['x-a', '1', 'x-a', '2', 'cookie', 'c=1; c=2']);
  const { ctx } = input({ request: { headers, query: 'q=1&q=2' } });
  assertAmbiguous(at(ctx, 'request.http.headers.x-a'));
  assertAmbiguous(at(ctx, 'request.http.query.q'));
  assertAmbiguous(at(ctx, 'request.http.cookies.c'));
  assert.deepEqual(at(ctx, 'request.http.headersAll.x-a'), ['1', '2']);
  assert.deepEqual(at(ctx, 'request.http.queryAll.q'), ['1', '2']);
});

test('the size is that of the body, else what Content-Length says', () => {
  const body = { bytes: new Uint8Array(3), json: null };
  const headers = new HeaderList(['content-length', '12']);
  assert.equal(at(input({ body }).ctx, 'request.http.size'), 3n);
  assert.equal(at(input({ request: { headers } }).ctx, 'request.http.size'), 12n);
});

test('plain data has no prototype behind it', () => {
  const map = freeMap(JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}'));
  assert.deepEqual([...map.keys()], ['__proto__', 'constructor']);
  assert.equal(at(map, '__proto__.a'), 1);
  assert.equal(at(map, 'toString'), undefined);
});

test('a null field and what is no plain data are absent', () => {
  const map = resourceMap({ nothing: null, secret: new SecretValue('marker'), call: () => 1, list: [null, 1] });
  assert.deepEqual([...map.keys()], ['list']);
  assert.deepEqual(map.get('list'), [null, 1n]);
});

test('whole numbers are integers in resources and doubles in free data', () => {
  const map = resourceMap({ spec: { port: 80, ratio: 0.5, attrs: { port: 80 } } });
  assert.equal(at(map, 'spec.port'), 80n);
  assert.equal(at(map, 'spec.ratio'), 0.5);
  assert.equal(at(map, 'spec.attrs.port'), 80);
});
