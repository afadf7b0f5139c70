import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DOMAIN, type GatewayProcess } from '../support/gateway-process.ts';
import { CLIENT_SECRET } from '../support/oidc-provider.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, open, service, workload, yaml } from '../support/resources.ts';
import { SignInWorld } from '../support/sign-in-world.ts';

/** Values that nobody but their one receiver may ever see. */
const MARKERS = {
  bySecretCommand: 'marker-upstream-7f3a91',
  bySecretFile: 'marker-from-file-52cc08',
  basicPassword: 'marker-password-e01b44',
  mistaken: 'marker-mistaken-1d9f6a',
};

const silent = await RecordingUpstream.start('silent', { answer: (_, response) => response.end('ok') });

function injecting(name: string, url: string, auth: Record<string, unknown>) {
  return service(name, { config: { upstream: { url }, http: { auth } } });
}

const RESOURCES = yaml(
  ALLOW_ALL,
  workload('robot'),
  { kind: 'Secret', metadata: { name: 'from-file' }, spec: {}, data: { value: MARKERS.bySecretFile } },
  injecting('by-bearer', silent.url, { bearer: { fromSecret: 'by-command' } }),
  injecting('by-header', silent.url, { custom: { header: 'X-Key', value: { fromSecret: 'from-file' } } }),
  injecting('by-basic', silent.url, { basic: { username: 'u', password: { fromSecret: 'password' } } }),
  injecting('unreachable', 'http://127.0.0.1:1', { bearer: { fromSecret: 'by-command' } }),
  injecting('without', silent.url, { bearer: { fromSecret: 'nobody-has-it' } }),
  open('open', silent.url),
  service('denied', { authorization: { policies: ['deny-all'] }, config: { upstream: { url: silent.url } } }),
);

/** Everything that the gateway leaves behind on the disk, and what it has said. */
function traces(gateway: GatewayProcess): Map<string, string> {
  const files = readdirSync(gateway.data).filter((name) => !name.endsWith('.sock'));
  return new Map([
    ['standard output', gateway.stdout],
    ['standard error', gateway.stderr],
    ...files.map((name) => [name, readFileSync(join(gateway.data, name), 'latin1')] as const),
  ]);
}

function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [secret, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('hex'), encodeURIComponent(secret)];
}

function assertNowhere(secrets: Readonly<Record<string, string>>, places: ReadonlyMap<string, string>): void {
  for (const [name, secret] of Object.entries(secrets)) {
    for (const [place, text] of places) {
      for (const spelling of spellings(secret)) assert.ok(!text.includes(spelling), `${name} stands in ${place}`);
    }
  }
}

test('secrets, tokens and session handles are seen by their receivers and nowhere else', async () => {
  const world = await SignInWorld.start(RESOURCES);
  const { gateway } = world;
  await gateway.command(['create', 'secret', 'by-command'], MARKERS.bySecretCommand);
  await gateway.command(['create', 'secret', 'password', '--value', MARKERS.basicPassword]);
  const token = await gateway.token('robot');
  const headers = { ...bearer(token), accept: 'text/html' };

  await gateway.ask('by-bearer', '/', { headers });
  assert.equal(silent.last.headers.authorization, `Bearer ${MARKERS.bySecretCommand}`);
  await gateway.ask('by-header', '/', { headers });
  assert.equal(silent.last.headers['x-key'], MARKERS.bySecretFile);
  await gateway.ask('by-basic', '/', { headers });
  const basic = Buffer.from(`u:${MARKERS.basicPassword}`).toString('base64');
  assert.equal(silent.last.headers.authorization, `Basic ${basic}`);

  const pages: string[] = [];
  for (const [name, status] of [
    ['unreachable', 502],
    ['without', 502],
    ['denied', 403],
    ['nothing-here', 404],
  ] as const) {
    const answer = await gateway.ask(name, '/', { headers });
    assert.equal(answer.status, status);
    pages.push(answer.body, JSON.stringify(answer.headers));
  }
  await gateway.ask('open', `/?access_token=${token}`, { headers });

  const browser = await world.signedIn(`http://by-bearer.${DOMAIN}:${gateway.port}/`);
  const handle = browser.cookie(`by-bearer.${DOMAIN}`, 'ostiary-session')!;
  const authHandle = browser.cookie(DOMAIN, 'ostiary-session')!;
  pages.push((await browser.get(`http://denied.${DOMAIN}:${gateway.port}/`)).body);

  const broken = `kind: Secret\nmetadata: {name: mistaken}\nspec: {}\ndata: {valu: ${MARKERS.mistaken}}\n`;
  const alsoBroken = `kind: Secret\nmetadata: {name: wrong}\nspec: {}\ndata: {value: [${MARKERS.mistaken}]}\n`;
  const refused = await gateway.run(['apply', '-'], { input: `${broken}---\n${alsoBroken}` });
  assert.equal(refused.code, 1);
  await gateway.write('zz-broken.yaml', broken);

  const shown = [
    await gateway.command(['get', 'secret', '-o', 'yaml']),
    await gateway.command(['get', 'secret', 'by-command', '-o', 'json']),
    await gateway.command(['get', 'credential', '-o', 'yaml']),
    await gateway.command(['get', 'session', '-o', 'yaml']),
    await gateway.command(['sessions', 'list', '-o', 'json']),
  ];
  assert.match(shown[0]!, /by-command/);
  await gateway.logged(({ service: name, status }) => name === 'denied' && status === 403);

  const places = new Map([
    ...traces(gateway),
    ['metrics', (await gateway.admin('/metrics')).body],
    ['pages', pages.join('\n')],
    ['commands', [...shown, refused.out, refused.err].join('\n')],
  ]);
  assert.match(
    places.get('ostiary.db')! + (places.get('ostiary.db-wal') ?? ''),
    /of-robot/,
    'the database was not read',
  );
  assertNowhere({ ...MARKERS, basic, clientSecret: CLIENT_SECRET, token, handle, authHandle }, places);

  await gateway.stop();
  assertNowhere({ ...MARKERS, clientSecret: CLIENT_SECRET, token, handle, authHandle }, traces(gateway));
});
