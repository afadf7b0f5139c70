import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupsOf } from '../../../identity/oidc/group-rules.ts';
import type { OidcProvider } from '../../../src/model/index.ts';

const OIDC: OidcProvider = {
  clientID: 'c',
  clientSecret: { fromSecret: 's' },
  issuerURL: 'https://login.example.com',
  groups: {
    claim: 'roles',
    rules: [
      { exact: 'admins', groups: ['ops', 'staff'] },
      { regex: 'team-[a-z]+', groups: ['staff'] },
    ],
  },
};

const of = (roles: unknown) => groupsOf({ roles }, OIDC);

test('values of the claim give Groups, each once and in order', () => {
  assert.deepEqual(of(['admins', 'team-a', 'other']), ['ops', 'staff']);
  assert.deepEqual(of('team-b'), ['staff']);
  assert.deepEqual(of([]), []);
});

test('a rule is for the whole value', () => {
  for (const value of ['admins2', 'Admins', ' admins', 'x-team-a', 'team-a2', 'team-a\nteam-b', ''])
    assert.deepEqual(of(value), [], JSON.stringify(value));
});

test('what is no text gives nothing, and neither does a claim of the prototype', () => {
  for (const value of [undefined, null, 7, true, { admins: true }, [['admins']], [{ name: 'admins' }]])
    assert.deepEqual(of(value), []);
  const claim = { ...OIDC, groups: { ...OIDC.groups!, claim: 'constructor' } };
  assert.deepEqual(groupsOf({}, claim), []);
});

test('without rules there are no Groups', () => {
  const { groups, ...plain } = OIDC;
  assert.deepEqual(groupsOf({ groups: ['admins'] }, plain), []);
});
