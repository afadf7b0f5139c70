import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainSource, type Resource, ResourceSet, type SourcedResource } from '../../../src/model/index.ts';

const source = plainSource('test');

function sourced(...resources: Resource[]): SourcedResource[] {
  return resources.map((resource) => ({ resource, source }));
}

function set(...resources: Resource[]): ResourceSet {
  return new ResourceSet(sourced(...resources));
}

function group(name: string, purpose = ''): Resource {
  return { kind: 'Group', metadata: { name }, spec: { attrs: { purpose } } };
}

test('resources are listed by name, and of two with one name the first counts', () => {
  const groups = set(group('b'), group('a', 'first'), group('a', 'second'));
  assert.deepEqual(
    groups.list('Group').map(({ resource }) => resource.metadata.name),
    ['a', 'b'],
  );
  assert.equal(groups.get('Group', 'a')?.resource.spec.attrs?.purpose, 'first');
  assert.equal(groups.get('Group', 'c'), null);
});

test('a Service is found by either spelling of its name', () => {
  const services = set({ kind: 'Service', metadata: { name: 'api' }, spec: { mode: 'HTTP' } });
  assert.equal(services.get('Service', 'api.default'), services.get('Service', 'api'));
  assert.ok(services.has('Service', 'api.default'));
});

test('built-in Policies cannot be replaced, defaults can', () => {
  const all = ResourceSet.withBuiltIns(
    sourced(
      { kind: 'Policy', metadata: { name: 'deny-all' }, spec: { rules: [] } },
      { kind: 'Namespace', metadata: { name: 'default' }, spec: { attrs: { mine: true } } },
    ),
  );
  assert.equal(all.get('Policy', 'deny-all')?.resource.spec.rules?.[0]?.effect, 'DENY');
  assert.equal(all.get('Policy', 'allow-all')?.resource.metadata.isSystem, true);
  assert.equal(all.get('Namespace', 'default')?.resource.spec.attrs?.mine, true);
  assert.equal(all.get('ClusterConfig', 'default')?.resource.metadata.isSystem, true);
});
