import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccessWorld, accessResources } from '../support/access-world.ts';
import { CookieBrowser } from '../support/cookie-browser.ts';
import { DOMAIN } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { yaml } from '../support/resources.ts';
import { PEOPLE } from '../support/sign-in-world.ts';

const upstream = await RecordingUpstream.start('upstream');
const world = await AccessWorld.start(accessResources(upstream.url));
const askUrl = world.url(DOMAIN, '/.ostiary/access');
const alice = await world.visitor('alice');
const bob = await world.visitor('bob');

const FOREIGN: readonly Readonly<Record<string, string>>[] = [
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site', origin: world.url('wiki').slice(0, -1) },
  { origin: world.url('wiki').slice(0, -1) },
  { origin: 'null' },
  {},
];

test('CSRF: another site, or an upstream on its own host, asks for nothing and decides nothing', async () => {
  const form = { service: 'wiki', reason: 'planted', duration: '1h' };
  for (const headers of FOREIGN) assert.equal((await alice.submit(askUrl, form, headers)).status, 400);
  assert.deepEqual(await world.gateway.api.accessRequests(), []);
  assert.equal((await alice.submit(world.url('wiki', '/.ostiary/access'), form)).status, 404, 'only on the auth host');
  const { id } = await world.asked(alice);
  for (const decision of ['approve', 'refuse']) {
    for (const headers of FOREIGN) {
      assert.equal((await bob.submit(world.decisionUrl(id, decision), { duration: '1h' }, headers)).status, 400);
    }
  }
  assert.equal((await world.newest()).state, 'open');
  await world.gateway.api.decideAccess({ id, decision: 'refuse', durationMs: null });
});

test('only an approver decides, and not about himself; what was forged or is unknown is not found', async () => {
  const { id } = await world.asked(alice);
  for (const decision of ['approve', 'refuse', 'revoke']) {
    assert.equal((await alice.submit(world.decisionUrl(id, decision), { duration: '1h' })).status, 404);
  }
  assert.equal((await new CookieBrowser().submit(world.decisionUrl(id, 'approve'), { duration: '1h' })).status, 401);
  assert.equal((await bob.submit(world.decisionUrl('0'.repeat(24), 'approve'), { duration: '1h' })).status, 404);
  assert.equal((await bob.submit(world.decisionUrl(`${id}x`, 'approve'), { duration: '1h' })).status, 404);
  const own = await world.asked(bob);
  assert.equal((await bob.submit(world.decisionUrl(own.id, 'approve'), { duration: '1h' })).status, 404);
  assert.equal((await world.newest()).state, 'open');
  await world.gateway.api.decideAccess({ id: own.id, decision: 'refuse', durationMs: null });
  await world.gateway.api.decideAccess({ id, decision: 'refuse', durationMs: null });
});

test('nothing longer than the Service allows is asked for, nothing longer than was asked for is granted', async () => {
  for (const duration of ['5h', '0s', '-1h', 'Infinity', '', '1e9h']) {
    assert.equal((await alice.submit(askUrl, { service: 'wiki', reason: 'x', duration })).status, 422, duration);
  }
  const { id } = await world.asked(alice, 'short', '1h');
  for (const duration of ['2h', '0s', 'forever']) {
    assert.equal((await bob.submit(world.decisionUrl(id, 'approve'), { duration })).status, 409, duration);
  }
  assert.equal((await world.newest()).state, 'open');
  await world.gateway.api.decideAccess({ id, decision: 'refuse', durationMs: null });
});

test('a decision cannot be replayed once the grant was revoked or the request was replaced', async () => {
  const { id } = await world.asked(alice);
  assert.equal((await bob.submit(world.decisionUrl(id, 'approve'), { duration: '1h' })).status, 303);
  assert.equal((await bob.submit(world.decisionUrl(id, 'revoke'))).status, 303);
  assert.equal((await bob.submit(world.decisionUrl(id, 'approve'), { duration: '1h' })).status, 409);
  const next = await world.asked(alice);
  assert.equal((await bob.submit(world.decisionUrl(id, 'approve'), { duration: '1h' })).status, 404);
  assert.equal((await world.newest()).state, 'open');
  await world.gateway.api.decideAccess({ id: next.id, decision: 'refuse', durationMs: null });
});

test('a reason is shown as text, whatever is in it, and stands in one line of the log', async () => {
  const evil = '</dd><script>alert(1)</script>\n{"forged":"line"}\u001b[2J';
  const { id } = await world.asked(alice, evil);
  const pages = [
    await bob.get(world.url(DOMAIN, '/.ostiary/access-requests')),
    await alice.get(world.url(DOMAIN, '/.ostiary/access?service=wiki')),
  ];
  for (const { body, headers } of pages) {
    assert.doesNotMatch(body, /<script>/);
    assert.match(body, /&lt;script&gt;/);
    assert.match(String(headers['content-security-policy']), /default-src 'none'/);
  }
  assert.doesNotMatch(await world.gateway.command(['access', 'list']), /\u001b|^\{"forged/m);
  assert.doesNotMatch(world.gateway.stderr, /\u001b|^\{"forged/m);
  await world.gateway.api.decideAccess({ id, decision: 'refuse', durationMs: null });
});

test('who asks about a Service that takes no requests learns as little as about one that is not there', async () => {
  const answers = [];
  for (const name of ['plain', 'nothing', '__proto__', '']) {
    const { status } = await alice.get(`${askUrl}?${new URLSearchParams({ service: name })}`);
    const posted = await alice.submit(askUrl, { service: name, reason: 'x', duration: '1h' });
    answers.push([status, posted.status]);
  }
  assert.deepEqual(answers, Array(4).fill([404, 404]));
});

test('who must show or set up a second factor first neither asks nor decides before', async () => {
  const { id } = await world.asked(alice);
  const registrationEnforcementRules = [{ condition: { matchAny: true }, effect: 'ENFORCE' }];
  const spec = { authenticator: { registrationEnforcementRules } };
  const cluster = { kind: 'ClusterConfig', metadata: { name: 'default' } };
  await world.gateway.write('cluster.yaml', yaml({ ...cluster, spec }));
  const without = await world.signedIn(world.url(DOMAIN, '/.ostiary/access-requests'), 'bob');
  const review = await without.step(world.url(DOMAIN, '/.ostiary/access-requests'), { 'sec-fetch-mode': 'navigate' });
  assert.equal(review.headers['x-ostiary-reason'], 'authenticator-registration-required');
  assert.match(String(review.headers.location), /\.ostiary\/second-factor\?.*access-requests/);
  for (const decision of ['approve', 'refuse']) {
    assert.equal((await without.submit(world.decisionUrl(id, decision), { duration: '1h' })).status, 403);
  }
  const asking = await without.submit(askUrl, { service: 'wiki', reason: 'planted', duration: '1h' });
  assert.equal(asking.status, 403);
  const newest = await world.newest();
  assert.deepEqual([newest.id, newest.state], [id, 'open']);
  await world.gateway.write('cluster.yaml', yaml({ ...cluster, spec: {} }));
  await world.gateway.api.decideAccess({ id, decision: 'refuse', durationMs: null });
});

test('who is no approver any more, or is disabled, decides nothing with the page that is still open', async () => {
  const { id } = await world.asked(alice);
  await world.gateway.write('resources.yaml', accessResources(upstream.url).replace('- bob', '- alice'));
  assert.equal((await bob.submit(world.decisionUrl(id, 'approve'), { duration: '1h' })).status, 404);
  assert.equal((await alice.submit(world.decisionUrl(id, 'approve'), { duration: '1h' })).status, 404, 'of herself');
  await world.gateway.write('resources.yaml', accessResources(upstream.url));
  const disabled = PEOPLE.map((one) =>
    one.metadata.name === 'bob' ? { ...one, spec: { ...one.spec, isDisabled: true } } : one,
  );
  await world.gateway.write('people.yaml', yaml(...disabled));
  assert.equal((await bob.submit(world.decisionUrl(id, 'approve'), { duration: '1h' })).status, 403);
  assert.equal((await world.newest()).state, 'open');
});
