import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAccessRequests } from '../../../src/model/check/access-requests.ts';
import { accessRulesOf, type ClusterConfig, type Namespace, type Service } from '../../../src/model/index.ts';

const HOUR = 3_600_000;
const requests = (name: string) => ({ approvers: { users: [name] } });

function rulesFor(onService?: object, onNamespace?: object, onCluster?: object, isAnonymous = false) {
  const spec = (accessRequests?: object) => (accessRequests === undefined ? {} : { authorization: { accessRequests } });
  const metadata = { name: 'x' };
  return accessRulesOf(
    { kind: 'Service', metadata, spec: { mode: 'WEB', isAnonymous, ...spec(onService) } } as Service,
    { kind: 'Namespace', metadata, spec: spec(onNamespace) } as Namespace,
    { kind: 'ClusterConfig', metadata, spec: spec(onCluster) } as ClusterConfig,
  );
}

test('the nearest settings hold as a whole, and nothing is nearer than the Service', () => {
  assert.deepEqual(rulesFor(requests('a'), requests('b'), requests('c'))?.users, ['a']);
  assert.deepEqual(rulesFor(undefined, requests('b'), requests('c'))?.users, ['b']);
  assert.deepEqual(rulesFor(undefined, undefined, requests('c'))?.users, ['c']);
  assert.equal(rulesFor(), null);
  assert.equal(rulesFor({ isDisabled: true }, requests('b')), null);
  assert.equal(rulesFor(requests('a'), undefined, undefined, true), null, 'nobody is known at an anonymous Service');
});

test('durations that are left out are one hour of eight, and never more than the longest', () => {
  assert.deepEqual(rulesFor(requests('a')), {
    groups: [],
    users: ['a'],
    maxDuration: 8 * HOUR,
    defaultDuration: HOUR,
  });
  assert.equal(rulesFor({ ...requests('a'), maxDuration: '30m' })?.defaultDuration, HOUR / 2);
});

test('settings that cannot work are refused', () => {
  const told = (settings: object) => checkAccessRequests(settings).map(({ message }) => message);
  assert.deepEqual(told({}), ['needs approvers']);
  assert.deepEqual(told({ ...requests('a'), maxDuration: '31d' }), ['is more than 30d']);
  assert.deepEqual(told({ ...requests('a'), maxDuration: '1h', defaultDuration: '2h' }), ['is more than maxDuration']);
  assert.deepEqual(told({ isDisabled: true }), []);
});
