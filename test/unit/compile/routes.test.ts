import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePathPattern, type PathMatchSpec } from '../../../src/compile/path-pattern.ts';
import { buildRoutes, type RouteRow, rowsOf, type TieRule } from '../../../src/compile/routes.ts';
import type { CompiledService } from '../../../src/gateway/snapshot.ts';

const FIRST: TieRule = { winner: (first) => first, standIn: (row) => row };

interface Given {
  readonly hosts?: string[];
  readonly paths?: PathMatchSpec[];
  readonly methods?: string[];
  readonly priority?: number;
}

function rows(name: string, given: Given): RouteRow[] {
  const service = { name, hosts: given.hosts ?? ['app.example.com'] } as Partial<CompiledService> as CompiledService;
  return rowsOf(service, {
    patterns: (given.paths ?? []).map(compilePathPattern),
    methods: given.methods === undefined ? null : new Set(given.methods),
    priority: given.priority ?? 0,
  });
}

function routed(
  services: Record<string, Given>,
  path: string,
  method = 'GET',
  host = 'app.example.com',
): string | null {
  const { table, ties } = buildRoutes(
    Object.entries(services).flatMap(([name, given]) => rows(name, given)),
    FIRST,
  );
  assert.deepEqual(ties, []);
  return table.route(host, method, path)?.name ?? null;
}

test('the most specific match wins, whatever the order of the Services', () => {
  const services: Record<string, Given> = {
    rest: {},
    prefix: { paths: [{ prefix: '/users' }] },
    regex: { paths: [{ regex: '/users/[0-9]+' }] },
    template: { paths: [{ template: '/users/{id}/posts' }] },
    deeper: { paths: [{ prefix: '/users/admin' }] },
    exact: { paths: [{ exact: '/users/admin' }] },
  };
  for (const order of [services, Object.fromEntries(Object.entries(services).reverse())]) {
    assert.equal(routed(order, '/'), 'rest');
    assert.equal(routed(order, '/users'), 'prefix');
    assert.equal(routed(order, '/users/x'), 'prefix');
    assert.equal(routed(order, '/users/7'), 'regex');
    assert.equal(routed(order, '/users/7/posts'), 'template');
    assert.equal(routed(order, '/users/admin'), 'exact');
    assert.equal(routed(order, '/users/admin/x'), 'deeper');
  }
});

test('prefixes match on segment boundaries', () => {
  const services = { app: { paths: [{ prefix: '/app' }] } };
  assert.equal(routed(services, '/app'), 'app');
  assert.equal(routed(services, '/app/x'), 'app');
  assert.equal(routed(services, '/apple'), null);
});

test('templates match whole segments, {**} the rest', () => {
  const one = { t: { paths: [{ template: '/users/{id}' }] } };
  assert.equal(routed(one, '/users/7'), 't');
  assert.equal(routed(one, '/users/'), null);
  assert.equal(routed(one, '/users/7/8'), null);
  const rest = { t: { paths: [{ template: '/files/{**}' }] } };
  assert.equal(routed(rest, '/files/a/b'), 't');
  assert.equal(routed(rest, '/files'), 't');
  assert.equal(routed(rest, '/filesystem'), null);
});

test('a regular expression must match the whole path, and cannot explode', () => {
  assert.equal(routed({ r: { paths: [{ regex: '/v[0-9]' }] } }, '/v1'), 'r');
  assert.equal(routed({ r: { paths: [{ regex: '/v[0-9]' }] } }, '/v1/x'), null);
  assert.equal(routed({ r: { paths: [{ regex: '/(a+)+' }] } }, `/${'a'.repeat(50_000)}!`), null);
  assert.throws(() => compilePathPattern({ regex: '/(?=x)' }), /RE2/);
});

test('methods choose, and a match with methods goes before one without', () => {
  const services = { read: { methods: ['GET', 'HEAD'] }, any: {} };
  assert.equal(routed(services, '/', 'GET'), 'read');
  assert.equal(routed(services, '/', 'POST'), 'any');
});

test('priority overrides, the higher first', () => {
  const services = { exact: { paths: [{ exact: '/x' }] }, all: { priority: 1 } };
  assert.equal(routed(services, '/x'), 'all');
});

test('an exact host shadows wildcards, and a wildcard stands for one label', () => {
  const services = {
    exact: { hosts: ['a.example.com'], paths: [{ prefix: '/only' }] },
    wide: { hosts: ['*.example.com'] },
    narrow: { hosts: ['*.b.example.com'] },
  };
  assert.equal(routed(services, '/only', 'GET', 'a.example.com'), 'exact');
  assert.equal(routed(services, '/', 'GET', 'a.example.com'), null);
  assert.equal(routed(services, '/', 'GET', 'z.example.com'), 'wide');
  assert.equal(routed(services, '/', 'GET', 'x.b.example.com'), 'narrow');
  assert.equal(routed(services, '/', 'GET', 'y.z.example.com'), null);
  assert.equal(routed(services, '/', 'GET', 'example.com'), null);
  assert.equal(routed(services, '/', 'GET', 'badexample.com'), null);
});

const TIES: readonly [string, Given, Given, boolean][] = [
  ['the same host without match', {}, {}, true],
  ['the same prefix', { paths: [{ prefix: '/a' }] }, { paths: [{ prefix: '/a/' }] }, true],
  ['other prefixes of one length', { paths: [{ prefix: '/a' }] }, { paths: [{ prefix: '/b' }] }, false],
  [
    'templates that differ in names only',
    { paths: [{ template: '/a/{x}' }] },
    { paths: [{ template: '/a/{y}' }] },
    true,
  ],
  ['templates that cannot meet', { paths: [{ template: '/{x}/b' }] }, { paths: [{ template: '/{x}/c' }] }, false],
  ['templates that may meet', { paths: [{ template: '/{x}/b' }] }, { paths: [{ template: '/b/{x}' }] }, false],
  ['regular expressions of one weight', { paths: [{ regex: '/a.*' }] }, { paths: [{ regex: '/a.+' }] }, true],
  ['other methods', { methods: ['GET'] }, { methods: ['POST'] }, false],
  ['methods that meet', { methods: ['GET', 'PUT'] }, { methods: ['PUT'] }, true],
  ['a priority that decides', {}, { priority: 1 }, false],
];

for (const [what, first, second, tie] of TIES) {
  test(`${what} ${tie ? 'is a tie' : 'is no tie'}`, () => {
    const built = buildRoutes([...rows('first', first), ...rows('second', second)], FIRST);
    assert.equal(built.ties.length > 0, tie);
    if (tie) assert.equal(built.ties[0]?.first.service.name, 'first');
  });
}

test('a host that a Service lists is told from one that a wildcard covers', () => {
  const both = [...rows('a', { hosts: ['app.example.com'] }), ...rows('b', { hosts: ['*.example.com'] })];
  const { table } = buildRoutes(both, FIRST);
  const told = (host: string) => [table.serves(host), table.servesExactly(host)];
  assert.deepEqual(told('app.example.com'), [true, true]);
  assert.deepEqual(told('any.example.com'), [true, false]);
  assert.deepEqual(told('example.org'), [false, false]);
});
