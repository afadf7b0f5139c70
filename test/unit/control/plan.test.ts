import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { afterPlan, changesOf, makePlan, stableJson, type Wanted } from '../../../src/control/plan.ts';
import type { Group, Resource, Secret } from '../../../src/model/index.ts';

const group = (name: string, displayName?: string): Group => ({
  kind: 'Group',
  metadata: { name, ...(displayName === undefined ? {} : { displayName }) },
  spec: {},
});
const secret = (name: string, value?: string): Secret => ({
  kind: 'Secret',
  metadata: { name },
  spec: {},
  ...(value === undefined ? {} : { data: { value: new SecretValue(value) } }),
});

function plan(present: Resource[], resources: Resource[], more: Partial<Wanted> = {}): string[] {
  const wanted = { resources, prune: false, include: [], exclude: [], ...more };
  return makePlan(present, wanted).map(({ operation, resource }) => `${operation} ${resource.metadata.name}`);
}

test('what is new, other and the same is told apart', () => {
  const present = [group('same'), group('other', 'Before')];
  const wanted = [group('same'), group('other', 'After'), group('new')];
  assert.deepEqual(plan(present, wanted), ['unchanged same', 'update other', 'create new']);
});

test('what the server owns is no difference', () => {
  const stored: Group = { ...group('dev'), metadata: { name: 'dev', uid: 'u', resourceVersion: '3' } };
  assert.deepEqual(plan([stored], [group('dev')]), ['unchanged dev']);
});

test('a Secret with a value is an update unless the value is known to be the same, one without keeps its value', () => {
  assert.deepEqual(plan([secret('s', 'v')], [secret('s', 'v')]), ['unchanged s']);
  assert.deepEqual(plan([secret('s', 'v')], [secret('s', 'w')]), ['update s']);
  assert.deepEqual(plan([secret('s')], [secret('s', 'v')]), ['update s']);
  assert.deepEqual(plan([secret('s')], [secret('s')]), ['unchanged s']);
});

test('nothing is deleted unasked', () => {
  assert.deepEqual(plan([group('old')], []), []);
  assert.deepEqual(plan([group('old')], [], { prune: true }), ['delete old']);
});

test('pruning leaves run-time state alone unless it is named', () => {
  assert.deepEqual(plan([secret('s')], [], { prune: true }), []);
  assert.deepEqual(plan([secret('s')], [], { prune: true, include: ['Secret'] }), ['delete s']);
});

test('what stood in files and does not any more is gone, whatever its kind', () => {
  const present = [secret('of-file'), secret('of-store')];
  const ofFiles = new Set(['Secret/of-file']);
  assert.deepEqual(plan(present, [], { prune: true, ofFiles }), ['delete of-file']);
  assert.deepEqual(plan(present, [], { prune: true, ofFiles, exclude: ['Secret'] }), []);
  assert.deepEqual(plan(present, [], { ofFiles }), []);
});

test('a user who goes takes its Credentials along, and nobody else does', () => {
  const user: Resource = { kind: 'User', metadata: { name: 'robot' }, spec: { type: 'WORKLOAD' } };
  const credential = (name: string, of: string): Resource => ({
    kind: 'Credential',
    metadata: { name },
    spec: { type: 'ACCESS_TOKEN', user: of },
  });
  const present = [user, group('robot'), credential('its', 'robot'), credential('of-another', 'other')];
  assert.deepEqual(plan(present, [group('robot')], { prune: true }), ['unchanged robot', 'delete robot', 'delete its']);
  assert.deepEqual(plan(present, [user], { prune: true }), ['unchanged robot', 'delete robot']);
});

test('include and exclude choose kinds, for deletions too', () => {
  const present = [group('old')];
  assert.deepEqual(plan(present, [group('new')], { prune: true, include: ['User'] }), []);
  assert.deepEqual(plan(present, [group('new')], { prune: true, exclude: ['Group'] }), []);
});

test('carrying a plan out gives what is wanted', () => {
  const present = [group('old'), group('kept')];
  const steps = makePlan(present, { resources: [group('kept'), group('new')], prune: true, include: [], exclude: [] });
  assert.deepEqual(
    afterPlan(present, steps).map(({ metadata }) => metadata.name),
    ['kept', 'new'],
  );
  assert.deepEqual(
    changesOf(steps, (resource) => ({ op: 'put', resource })).map((change) => change.op),
    ['put', 'delete'],
  );
});

test('stable JSON does not depend on the order of keys', () => {
  assert.equal(stableJson({ b: [{ d: 1, c: 2 }], a: null }), stableJson({ a: null, b: [{ c: 2, d: 1 }] }));
  assert.notEqual(stableJson([1, 2]), stableJson([2, 1]));
});
