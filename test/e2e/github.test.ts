import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { CookieBrowser } from '../support/cookie-browser.ts';
import { FakeGithub, GITHUB_CLIENT, GITHUB_SECRET } from '../support/fake-github.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, service, yaml } from '../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');
const github = await FakeGithub.start();
after(() => github.close());

const settings = { clientID: GITHUB_CLIENT, clientSecret: { fromSecret: 'github' }, baseURL: github.url };
const identities = [{ identityProvider: 'github', identifier: 'octocat' }];
const gateway = await GatewayProcess.start({
  files: {
    'resources.yaml': yaml(
      ALLOW_ALL,
      { kind: 'Secret', metadata: { name: 'github' }, spec: {}, data: { value: GITHUB_SECRET } },
      { kind: 'IdentityProvider', metadata: { name: 'github' }, spec: { github: settings } },
      { kind: 'User', metadata: { name: 'olga' }, spec: { type: 'HUMAN', authentication: { identities } } },
      service('app', { config: { upstream: { url: upstream.url } } }),
    ),
  },
  args: ['--workers', '2'],
});
const page = `http://app.${DOMAIN}:${gateway.port}/deep?x=1`;

test('whoever is signed in at GitHub gets to the page that was asked for', async () => {
  for (let visit = 0; visit < 6; visit++) {
    const answer = await new CookieBrowser().get(page);
    assert.deepEqual([answer.status, answer.url.toString()], [200, page]);
  }
  const sessions = await gateway.command(['sessions', 'list']);
  assert.equal(sessions.match(/^olga-/gm)?.length, 6);
});

test('an account that has taken over the login is refused by every worker, and the log says why', async () => {
  github.account = { id: 1, login: 'octocat' };
  for (let visit = 0; visit < 6; visit++) assert.equal((await new CookieBrowser().get(page)).status, 403);
  const entry = await gateway.logged(({ reason }) => reason === 'sign-in-failed');
  assert.match(JSON.stringify(entry), /identity-changed/);
  github.reset();
  assert.equal((await new CookieBrowser().get(page)).status, 200);
});

test('GitHub being away is said on a page, and lets nobody in', async () => {
  github.instead.set('/login/oauth/access_token', (response) => void response.socket?.destroy());
  const answer = await new CookieBrowser().get(page);
  assert.equal(answer.status, 502);
  assert.match(answer.body, /cannot be reached/);
  assert.ok(!gateway.stdout.includes(GITHUB_SECRET) && !gateway.stderr.includes(GITHUB_SECRET));
});
