import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalName, findKind, KIND_NAMES, KINDS, namespaceOf, policyParents } from '../../../src/model/index.ts';

test('a kind is found by its name in any case, its plural and its short forms', () => {
  for (const [word, kind] of [
    ['service', 'Service'],
    ['SVC', 'Service'],
    ['services', 'Service'],
    ['idp', 'IdentityProvider'],
    ['policies', 'Policy'],
    ['cc', 'ClusterConfig'],
  ]) {
    assert.equal(findKind(word!), kind);
  }
  assert.equal(findKind('constructor'), null);
});

test('no two kinds share a word', () => {
  const words = KIND_NAMES.flatMap((kind) => [kind.toLowerCase(), KINDS[kind].plural, ...KINDS[kind].aliases]);
  assert.equal(new Set(words).size, words.length);
});

test('every schema is complete: no part of it waits for a type that is not there', () => {
  for (const kind of KIND_NAMES) assert.doesNotMatch(JSON.stringify(KINDS[kind].schema), /"deferred"/);
});

test('a Service of the default Namespace has one name', () => {
  assert.equal(canonicalName('Service', 'api.default'), 'api');
  assert.equal(canonicalName('Service', 'api.prod'), 'api.prod');
  assert.equal(canonicalName('Policy', 'api.default'), 'api.default');
  assert.equal(namespaceOf('api'), 'default');
  assert.equal(namespaceOf('api.prod'), 'prod');
});

test('the parents of a Policy, the nearest first', () => {
  assert.deepEqual(policyParents('a.b.c'), ['b.c', 'c']);
  assert.deepEqual(policyParents('a'), []);
});
