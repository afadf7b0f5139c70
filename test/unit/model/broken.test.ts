import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNative } from '../../../src/dialects/native/read.ts';
import type { Service } from '../../../src/model/index.ts';

/** The Service that is left of a broken one whose `spec` has these lines. */
function claim(...spec: string[]): Service {
  const text = [
    'kind: Service',
    'metadata: {name: app}',
    'spec:',
    '  mode: HTTP',
    '  mistake: 1',
    ...spec.map((l) => `  ${l}`),
  ];
  const { broken, resources } = readNative(text.join('\n'), 'in.yaml');
  assert.equal(resources.length, 0);
  assert.equal(broken.length, 1);
  assert.match(broken[0]!.because, /^spec\.mistake: unknown key "mistake"/);
  return broken[0]!.resource as Service;
}

const HOSTS = 'hosts: [a.example.com]';

test('a broken Service keeps its hosts and match when they are sound', () => {
  const match = 'match: {methods: [GET], priority: 3, paths: [{exact: /a}, {regex: "/b[0-9]"}]}';
  const { spec } = claim('isPublic: true', HOSTS, match);
  assert.deepEqual(spec.hosts, ['a.example.com']);
  assert.deepEqual(spec.match, { methods: ['GET'], priority: 3, paths: [{ exact: '/a' }, { regex: '/b[0-9]' }] });
  assert.equal(spec.isPublic, true);
});

test('it keeps nothing else', () => {
  const { spec } = claim('isPublic: true', 'isAnonymous: true', 'config: {upstream: {url: "http://a"}}');
  assert.deepEqual(spec, { mode: 'HTTP', isPublic: true, config: {} });
});

for (const [name, path, prefix] of [
  ['a misspelt form', '{prefx: /admin}', '/admin'],
  ['a missing slash', '{prefix: admin}', '/admin'],
  ['text for a mapping', '/admin', '/admin'],
  ['a bad template', '{template: "/admin/{id/x"}', '/admin/'],
] as const) {
  test(`a path with ${name} still claims what it meant`, () => {
    const { spec } = claim('isPublic: true', HOSTS, `match: {paths: [{exact: /a}, ${path}]}`);
    assert.deepEqual(spec.match, { paths: [{ exact: '/a' }, { prefix }] });
  });
}

test('without any path to guess it claims its hosts whole', () => {
  const { spec } = claim('isPublic: true', HOSTS, 'match: {paths: [{exact: /a}, {regex: 1}]}');
  assert.deepEqual(spec.hosts, ['a.example.com']);
  assert.deepEqual(spec.match?.paths, [{ exact: '/a' }, { prefix: '/' }]);
});

test('hosts are claimed as they were meant, also from a single text', () => {
  assert.deepEqual(claim('isPublic: true', 'hosts: [a.example.com, "https://B:8443/", 7]').spec.hosts, [
    'a.example.com',
    'b',
  ]);
  assert.deepEqual(claim('isPublic: true', 'hosts: a.example.com').spec.hosts, ['a.example.com']);
});

test('an unclear isPublic counts as public, an absent one does not', () => {
  assert.equal(claim('isPublic: yes').spec.isPublic, true);
  assert.equal(claim('isPublik: true').spec.isPublic, true);
  assert.equal(claim('isPublic: false').spec.isPublic, false);
  assert.equal(claim().spec.isPublic, undefined);
});

test('a Service with a bad name still claims its hosts', () => {
  const { broken } = readNative(
    `kind: Service\nmetadata: {name: My_App}\nspec: {mode: HTTP, isPublic: true, ${HOSTS}}`,
    'f',
  );
  assert.equal(broken[0]!.name, 'unnamed-at-line-1');
  assert.deepEqual((broken[0]!.resource as Service).spec.hosts, ['a.example.com']);
});
