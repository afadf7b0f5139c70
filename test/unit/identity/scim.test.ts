import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Directory } from '../../../identity/directory/directory.ts';
import { Directory as MadeDirectory } from '../../../identity/directory/directory.ts';
import type { DirectoryChange } from '../../../identity/ports.ts';
import { ScimFault } from '../../../identity/scim/fault.ts';
import { parseFilter } from '../../../identity/scim/filter.ts';
import { deleteGroup, patchGroup, replaceGroup } from '../../../identity/scim/groups.ts';
import { groupNames, userNames } from '../../../identity/scim/names.ts';
import { PATCH } from '../../../identity/scim/patch.ts';
import { createUser, patchUser, replaceUser } from '../../../identity/scim/users.ts';
import type { Group, User } from '../../../src/model/index.ts';
import { NAME_RULE } from '../../../src/model/scalars.ts';

function pushed<T extends User | Group>(resource: T, name: string): T {
  const outer = { key: name.toLowerCase(), name, externalId: null };
  const own = { uid: `uid-${resource.metadata.name}`, resourceVersion: '7', systemLabels: { origin: 'scim', outer } };
  return { ...resource, metadata: { ...resource.metadata, ...own } };
}

const policies = { policies: ['of-admins'] };
const ALICE: User = {
  kind: 'User',
  metadata: { name: 'alice', displayName: 'Alice', labels: { team: 'a' } },
  spec: {
    type: 'HUMAN',
    email: 'alice@example.com',
    groups: ['staff'],
    authorization: policies,
    info: { locale: 'de' },
  },
};
const STAFF: Group = { kind: 'Group', metadata: { name: 'staff' }, spec: { authorization: policies } };
const directory: Directory = new MadeDirectory(
  [
    pushed(ALICE, 'alice'),
    pushed({ kind: 'User', metadata: { name: 'bob' }, spec: { type: 'HUMAN' } }, 'Bob@Example.com'),
  ],
  [pushed(STAFF, 'Staff')],
  [],
);

function userOf(changes: readonly DirectoryChange[], name = 'alice'): User {
  const change = changes.find((one) => one.op === 'put' && one.resource.metadata.name === name);
  assert.ok(change?.op === 'put' && change.resource.kind === 'User');
  return change.resource;
}

function patched(...Operations: readonly object[]): User {
  return userOf(patchUser(directory, 'uid-alice', { schemas: [PATCH], Operations }).changes);
}

function refusedWith(scimType: string, work: () => unknown): void {
  assert.throws(work, (thrown) => thrown instanceof ScimFault && thrown.scimType === scimType);
}

describe('PATCH as directories send it', () => {
  const EMAIL = 'emails[type eq "work"].value';
  const CASES: readonly (readonly [
    what: string,
    operation: object,
    see: (user: User) => unknown,
    expected: unknown,
  ])[] = [
    ['a word for false', { op: 'Replace', path: 'active', value: 'False' }, (u) => u.spec.isDisabled, true],
    ['no path', { op: 'replace', value: { active: false } }, (u) => u.spec.isDisabled, true],
    [
      'a dotted name',
      { op: 'Add', path: 'name.givenName', value: 'Al' },
      (u) => u.spec.info,
      { locale: 'de', firstName: 'Al' },
    ],
    ['a whole name', { op: 'replace', path: 'name', value: { FamilyName: 'S' } }, (u) => u.spec.info?.lastName, 'S'],
    [
      'an address by its type',
      { op: 'replace', path: EMAIL, value: 'New@Example.com' },
      (u) => u.spec.email,
      'new@example.com',
    ],
    [
      'an address that is not kept',
      { op: 'add', path: 'emails[type eq "home"].value', value: 'h@x.org' },
      (u) => u.spec.email,
      'alice@example.com',
    ],
    [
      'addresses without a primary one',
      { op: 'add', path: 'emails', value: [{ value: 'h@x.org' }] },
      (u) => u.spec.email,
      'alice@example.com',
    ],
    [
      'a new primary address',
      { op: 'add', path: 'emails', value: [{ value: 'h@x.org', primary: true }] },
      (u) => u.spec.email,
      'h@x.org',
    ],
    ['the end of an address', { op: 'remove', path: 'emails' }, (u) => u.spec.email, undefined],
    ['an empty text', { op: 'replace', path: 'displayName', value: '' }, (u) => u.metadata.displayName, undefined],
    [
      'a name with its schema',
      { op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:User:displayName', value: 'A' },
      (u) => u.metadata.displayName,
      'A',
    ],
    [
      'an extension',
      { op: 'add', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', value: 'x' },
      (u) => u.metadata.displayName,
      'Alice',
    ],
    [
      'what is not kept',
      { op: 'add', path: 'phoneNumbers[type eq "work"].value', value: '1' },
      (u) => u.metadata.displayName,
      'Alice',
    ],
  ];
  for (const [what, operation, see, expected] of CASES) {
    test(what, () => assert.deepEqual(see(patched(operation)), expected));
  }

  test('all that is ours stays', () => {
    const { metadata, spec } = patched({ op: 'replace', path: 'displayName', value: 'New' });
    assert.deepEqual([metadata.labels, spec.groups, spec.authorization], [{ team: 'a' }, ['staff'], policies]);
    const whole = userOf(replaceUser(directory, 'uid-alice', { userName: 'alice' }).changes);
    assert.deepEqual(whole.spec, { type: 'HUMAN', groups: ['staff'], authorization: policies, info: { locale: 'de' } });
  });

  test('what makes no sense is refused', () => {
    const bad: readonly (readonly [string, object])[] = [
      ['invalidSyntax', { op: 'move', path: 'active', value: true }],
      ['invalidValue', { op: 'replace', path: 'active', value: 'no' }],
      ['invalidValue', { op: 'remove', path: 'active' }],
      ['invalidValue', { op: 'remove', path: 'userName' }],
      ['noTarget', { op: 'remove' }],
      ['noTarget', { op: 'add', path: 1, value: 'x' }],
      ['invalidPath', { op: 'add', path: 'emails[a[b]]', value: 'x' }],
      ['invalidPath', { op: 'add', path: 'x'.repeat(5000), value: 'x' }],
      ['mutability', { op: 'add', path: 'id', value: 'x' }],
    ];
    for (const [scimType, operation] of bad) refusedWith(scimType, () => patched(operation));
    refusedWith('invalidSyntax', () => patchUser(directory, 'uid-alice', { Operations: [] }));
    refusedWith('invalidSyntax', () => patched());
  });
});

describe('members', () => {
  const groupPatch = (...Operations: readonly object[]) =>
    patchGroup(directory, 'uid-staff', { schemas: [PATCH], Operations }).changes;
  const groupsAfter = (changes: readonly DirectoryChange[], name: string) => userOf(changes, name).spec.groups;

  test('only those who come and go are touched, each by its own version', () => {
    const changes = groupPatch({ op: 'add', path: 'members', value: [{ value: 'uid-alice' }, { value: 'uid-bob' }] });
    assert.deepEqual(
      changes.map((change) => change.ifVersion),
      ['7'],
    );
    assert.deepEqual(groupsAfter(changes, 'bob'), ['staff']);
  });

  test('removed by filter, by list, and all', () => {
    const ways = [
      { op: 'remove', path: 'members[value eq "uid-alice"]' },
      { op: 'remove', path: 'members', value: [{ value: 'uid-alice' }] },
      { op: 'remove', path: 'members' },
      { op: 'replace', path: 'members', value: [] },
    ];
    for (const way of ways) assert.equal(groupsAfter(groupPatch(way), 'alice'), undefined, way.op);
    assert.deepEqual(groupPatch({ op: 'remove', path: 'members', value: [] }), []);
    assert.deepEqual(groupPatch({ op: 'remove', path: 'members[value eq "nobody"]' }), []);
  });

  test('who is not there, and groups, cannot join', () => {
    for (const value of ['uid-nobody', 'uid-staff', '', '__proto__']) {
      refusedWith('invalidValue', () => groupPatch({ op: 'add', path: 'members', value: [{ value }] }));
    }
    refusedWith('invalidPath', () => groupPatch({ op: 'replace', path: 'members[value eq "x"]', value: [] }));
    refusedWith('invalidFilter', () => groupPatch({ op: 'remove', path: 'members[display eq "x"]' }));
  });

  test('a group that is deleted leaves nobody behind, one that is renamed keeps its policies', () => {
    const { changes } = deleteGroup(directory, 'uid-staff');
    assert.deepEqual(
      changes.map(({ op }) => op),
      ['put', 'delete'],
    );
    const [own] = replaceGroup(directory, 'uid-staff', {
      displayName: 'Crew',
      members: [{ value: 'uid-alice' }],
    }).changes;
    assert.ok(own?.op === 'put');
    assert.deepEqual([own.resource.metadata.name, own.outer?.name, own.resource.spec], ['staff', 'Crew', STAFF.spec]);
  });
});

describe('a Group as code', () => {
  const ONCALL: Group = {
    kind: 'Group',
    metadata: { name: 'on-call', displayName: 'On Call' },
    spec: { authorization: policies, membersByScim: true },
  };
  const ADMINS: Group = { kind: 'Group', metadata: { name: 'admins' }, spec: { authorization: policies } };
  const written: User = {
    kind: 'User',
    metadata: { name: 'written' },
    spec: { type: 'HUMAN', groups: ['on-call', 'staff'] },
  };
  const oncaller = pushed({ ...ALICE, spec: { ...ALICE.spec, groups: ['on-call'] } }, 'alice');
  const bob = pushed({ kind: 'User', metadata: { name: 'bob' }, spec: { type: 'HUMAN' } }, 'Bob');
  const mixed = new MadeDirectory([oncaller, bob, written], [ONCALL, ADMINS, pushed(STAFF, 'Staff')], []);
  const namesOf = (changes: readonly DirectoryChange[]) =>
    changes.map((change) => (change.op === 'put' ? change.resource.metadata.name : change.name));

  test('has the people whom a directory puts there, where it says so, and keeps those of files', () => {
    const { changes } = replaceGroup(mixed, 'on-call', { displayName: 'on call', members: [{ value: 'uid-bob' }] });
    assert.deepEqual(namesOf(changes), ['alice', 'bob']);
    assert.deepEqual(userOf(changes, 'bob').spec.groups, ['on-call']);
    assert.equal(userOf(changes, 'alice').spec.groups, undefined);
    assert.deepEqual(replaceGroup(mixed, 'uid-staff', { displayName: 'Staff' }).changes, []);
  });

  test('is emptied when a directory deletes it, and stays', () => {
    assert.deepEqual(namesOf(deleteGroup(mixed, 'on-call').changes), ['alice']);
  });

  test('is renamed by nobody, and takes nobody whom a file states', () => {
    const one = (op: object) => () => patchGroup(mixed, 'on-call', { schemas: [PATCH], Operations: [op] });
    refusedWith('mutability', one({ op: 'replace', path: 'displayName', value: 'Crew' }));
    refusedWith('mutability', one({ op: 'remove', path: 'members[value eq "written"]' }));
    assert.deepEqual(one({ op: 'add', path: 'externalId', value: '00g1' })().changes, []);
  });

  test('has no people of a directory unless it says so', () => {
    for (const work of [
      () => replaceGroup(mixed, 'admins', { displayName: 'admins', members: [{ value: 'uid-bob' }] }),
      () => deleteGroup(mixed, 'admins'),
    ])
      refusedWith('mutability', work);
  });
});

describe('names', () => {
  const WILD = [
    'alice',
    'Alice',
    'a',
    '',
    '-',
    '9lives',
    'a--b',
    'x'.repeat(200),
    'é@x',
    '日本',
    'a.b+c@x',
    '__proto__',
    '@',
    '🙂',
  ];

  test('are names, whatever comes', () => {
    for (const text of WILD) {
      for (const name of [...userNames(text), ...groupNames(text)]) assert.match(name, NAME_RULE, text);
    }
  });

  test('two user names never prefer the same, unless they differ in case only', () => {
    const preferred = WILD.map((text) => userNames(text)[0]);
    assert.equal(new Set(preferred).size, WILD.length - 1);
    assert.equal(preferred[0], preferred[1]);
  });

  test('of a name that is held by somebody renamed another one is taken', () => {
    const made = createUser(directory, { userName: 'bob' });
    assert.match(made.name, /^bob-[0-9a-f]{6}$/);
  });
});

describe('filters', () => {
  test('are read', () => {
    assert.deepEqual(
      parseFilter('urn:ietf:params:scim:schemas:core:2.0:User:userName EQ "a \\"b\\" and c" AND active eq True'),
      [
        { attribute: 'username', value: 'a "b" and c' },
        { attribute: 'active', value: 'true' },
      ],
    );
  });

  test('whatever is made of their parts is read or refused, and fast', () => {
    const parts = ['userName', ' ', 'eq', '"', '\\', 'and', 'x', '(', ')', 'true', '\u0000', '[', ']'];
    let seed = 7;
    const next = () => {
      seed = (seed * 48271) % 2147483647;
      return parts[seed % parts.length];
    };
    for (let i = 0; i < 3000; i++) {
      const text = Array.from({ length: i % 60 }, next).join('');
      try {
        assert.ok(parseFilter(text).length > 0);
      } catch (thrown) {
        assert.ok(thrown instanceof ScimFault, text);
      }
    }
  });
});
