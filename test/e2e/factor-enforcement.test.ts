import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { BrowserAnswer } from '../support/cookie-browser.ts';
import { FactorWorld } from '../support/factor-world.ts';
import { yaml } from '../support/resources.ts';

const here = await FactorWorld.start();
const { gateway } = here.world;

const about = (name: string) => ({ match: `ctx.user.metadata.name == "${name}"` });
const headingOf = ({ body }: BrowserAnswer) => /<h1>([^<]*)<\/h1>/.exec(body)?.[1];
const reasonOf = ({ headers }: BrowserAnswer) => headers['x-ostiary-reason'];
const PROGRAM = { accept: 'application/json' };

async function rules(authenticator: object): Promise<void> {
  await gateway.write(
    'cluster.yaml',
    yaml({ kind: 'ClusterConfig', metadata: { name: 'default' }, spec: { authenticator } }),
  );
}

async function actionOf(user: string): Promise<string | undefined> {
  return (await gateway.api.sessions(user))[0]?.status.authenticatorAction;
}

beforeEach(async () => {
  await rules({});
  await here.forget('alice');
  await here.forget('bob');
});

test('who must have a second factor opens nothing before there is one, and everything after', async () => {
  await rules({ registrationEnforcementRules: [{ condition: about('alice'), effect: 'ENFORCE' }] });
  const browser = await here.signedIn();
  assert.equal(await actionOf('alice'), 'REGISTRATION_REQUIRED');
  for (const url of [here.url('blog'), here.url('')])
    assert.equal(headingOf(await browser.get(url)), 'Set up a second factor');
  const refused = await browser.step(here.url('blog'), PROGRAM);
  assert.deepEqual([refused.status, reasonOf(refused)], [403, 'authenticator-registration-required']);
  await here.addApp(browser);
  assert.equal((await browser.get(here.url('blog'))).status, 200);
  assert.equal(await actionOf('alice'), undefined);
  const bob = await here.signedIn('bob');
  assert.equal((await bob.get(here.url('blog'))).status, 200);
});

test('who must show a second factor at each sign-in is asked first', async () => {
  const { app } = await here.addApp(await here.signedIn());
  await rules({ authenticationEnforcementRules: [{ condition: { matchAny: true }, effect: 'ENFORCE' }] });
  const browser = await here.signedIn();
  const asked = await browser.get(here.url('blog', '/x?y=1'));
  assert.equal(headingOf(asked), 'Show your second factor');
  const arrived = await browser.post(asked.url, { code: await app.code() });
  assert.deepEqual([arrived.status, arrived.url.href], [200, here.url('blog', '/x?y=1')]);
});

test('the first rule that matches decides, and what restricts fails closed', async () => {
  await rules({
    registrationEnforcementRules: [
      { condition: about('bob'), effect: 'IGNORE' },
      { condition: { match: 'ctx.service.metadata.name == "nowhere"' }, effect: 'ENFORCE' },
    ],
  });
  await here.signedIn('bob');
  await here.signedIn('alice');
  assert.deepEqual([await actionOf('bob'), await actionOf('alice')], [undefined, 'REGISTRATION_REQUIRED']);
});

test('what is recommended is said in the portal, and opens everything', async () => {
  await rules({ registrationEnforcementRules: [{ condition: { matchAny: true }, effect: 'RECOMMEND' }] });
  const browser = await here.signedIn();
  const portal = await browser.get(here.url(''));
  assert.match(portal.body, /You have no second factor yet\. <a href="\/\.ostiary\/account">/);
  assert.equal((await browser.get(here.url('blog'))).status, 200);
});

test('a factor that the rules do not take raises nothing', async () => {
  const { app, recoveryCodes } = await here.addApp(await here.signedIn());
  const isPaper = { match: 'ctx.session.status.authentication.info.authenticator.type == "RECOVERY_CODE"' };
  await rules({ postAuthenticationRules: [{ name: 'no-paper', condition: isPaper, effect: 'DENY' }] });
  const browser = await here.signedIn();
  const refused = await browser.submit(here.own('second-factor'), { code: recoveryCodes[0]! });
  assert.equal(refused.status, 403);
  assert.match(refused.body, /is not taken here/);
  assert.equal((await browser.submit(here.own('second-factor'), { code: await app.code() })).status, 303);
});

test('a new second factor waits for an administrator where the cluster says so', async () => {
  await rules({
    defaultState: 'PENDING',
    registrationEnforcementRules: [{ condition: { matchAny: true }, effect: 'ENFORCE' }],
  });
  const browser = await here.signedIn();
  await here.addApp(browser);
  assert.match((await browser.get(here.own('account'))).body, /not active/);
  assert.equal(headingOf(await browser.get(here.url('blog'))), 'Your second factor is not active yet');
  const [factor] = await gateway.api.list('Authenticator');
  await gateway.command(['authenticators', 'set', factor!.metadata.name, 'ACTIVE']);
  assert.equal(headingOf(await browser.get(here.url('blog'))), 'Show your second factor');
});

test('a rule that does not compile is told, and counts as required', async () => {
  const said = await gateway.write(
    'cluster.yaml',
    yaml({
      kind: 'ClusterConfig',
      metadata: { name: 'default' },
      spec: {
        authenticator: { registrationEnforcementRules: [{ condition: { match: 'ctx.nobody' }, effect: 'ENFORCE' }] },
      },
    }),
  );
  assert.match(said + gateway.stderr, /spec\.authenticator\.registrationEnforcementRules\[0\]\.condition\.match/);
});
