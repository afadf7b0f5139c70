import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Directory } from '../../../identity/directory/directory.ts';
import { DEMO_SIGN_IN, group, IdentityFixture, user } from './fixture.ts';

const ANN = user('ann', { groups: ['staff'] });
const GROUPS = ['staff', 'ops', 'dev'].map(group);

test('the Groups of a session join those of the User, in the User and beside it', () => {
  const member = new Directory([ANN], GROUPS, []).memberOf(ANN, ['ops', 'staff', 'dev'])!;
  assert.deepEqual(member.user.spec.groups, ['staff', 'dev', 'ops']);
  assert.deepEqual(
    member.groups.map(({ metadata }) => metadata.name),
    ['staff', 'dev', 'ops'],
  );
});

test('the same Groups are the same objects, whatever their order', () => {
  const directory = new Directory([ANN], GROUPS, []);
  const [one, two] = [directory.memberOf(ANN, ['ops', 'dev'])!, directory.memberOf(ANN, ['dev', 'ops', 'dev'])!];
  assert.equal(one.user, two.user);
  assert.equal(one.groups, two.groups);
  const plain = directory.memberOf(ANN, ['staff'])!;
  assert.equal(plain.user, ANN);
  assert.equal(plain.groups, directory.groupsOf(ANN));
});

test('with a Group that is not there nobody acts in the session: what it denies would be escaped', async () => {
  assert.equal(new Directory([ANN], GROUPS, []).memberOf(ANN, ['gone']), null);
  const fixture = new IdentityFixture();
  const { sessions, resolver } = fixture;
  const directory = new Directory([ANN], GROUPS, []);
  const terms = directory.sessionTermsOf(ANN);
  const origin = { address: '192.0.2.1', userAgent: null };
  const session = await sessions.createForSignIn({ user: ANN, by: DEMO_SIGN_IN, origin, terms, groups: ['ops'] });
  const standing = await resolver.again(session.metadata.uid, directory);
  assert.deepEqual(standing.kind === 'resolved' && standing.principal.user.spec.groups, ['staff', 'ops']);
  const without = new Directory([ANN], [group('staff')], []);
  assert.equal((await resolver.again(session.metadata.uid, without)).kind, 'unknown');
});
