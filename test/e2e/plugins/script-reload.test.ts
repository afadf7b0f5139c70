import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ostiary } from '../../support/command.ts';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { open, yaml } from '../../support/resources.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const directory = temporaryDirectory();
const made = await ostiary(['plugin', 'new', 'groups-header', '--directory', directory]);
const folder = join(directory, 'groups-header');
const upstream = await RecordingUpstream.start('upstream');
const config = { header: 'x-groups', groups: ['staff'] };
const plugins = [{ name: 'own', condition: { matchAny: true }, script: { name: 'groups-header', config } }];
const gateway = await GatewayProcess.start({
  args: ['--workers', '2', '--plugins', directory],
  files: { 'services.yaml': yaml(open('app', upstream.url, {}, { plugins })) },
});

/** As careful programs write. */
function write(name: string, text: string): void {
  writeFileSync(join(folder, `${name}.new`), text);
  renameSync(join(folder, `${name}.new`), join(folder, name));
}

/** What each of several connections is answered, so that both workers are asked. */
async function answers(path = '/'): Promise<string[]> {
  const all = await Promise.all(Array.from({ length: 12 }, () => gateway.ask('app', path)));
  return [...new Set(all.map(({ status, body }) => `${status} ${status === 200 ? body.slice(0, 30) : body}`))];
}

async function untilAnswered(expected: string): Promise<void> {
  let last: string[] = [];
  const look = async () => {
    last = await answers();
    return last.length === 1 && last[0] === expected;
  };
  for (let tries = 0; tries < 100 && !(await look()); tries += 1) await new Promise((next) => setTimeout(next, 50));
  assert.deepEqual(last, [expected], gateway.stderr);
}

const says = (word: string) =>
  `export const onRequest = async ({ query }: { query: string }): Promise<object> => {
  if (query !== '') await new Promise((resolve) => setTimeout(resolve, Number(query)));
  return { answer: { status: 200, body: '${word}' } };
};`;

test('a new plugin passes its own test, and serves', async () => {
  assert.equal(made.code, 0, made.err);
  const { status, stdout } = spawnSync(process.execPath, ['--test', join(folder, 'plugin.test.ts')], {
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout);
  assert.deepEqual(await answers(), ['403 You are in none of the groups.']);
  const again = await ostiary(['plugin', 'new', 'groups-header', '--directory', directory]);
  assert.match(again.err, /is there already/);
  assert.match((await ostiary(['plugin', 'new', '../up', '--directory', directory])).err, /is not a name/);
});

test('a new version takes over; requests under way finish on the one before', async () => {
  write('plugin.ts', says('first'));
  await untilAnswered('200 first');
  const underWay = gateway.ask('app', '/?800');
  write('plugin.ts', says('second'));
  await untilAnswered('200 second');
  assert.equal((await underWay).body, 'first');
});

for (const [what, code, message] of [
  [
    'is no program',
    'export const onRequest = (',
    /plugin\.ts:1:1: error: version 0\.1\.0 does not load: .*; version 0\.1\.0, which was loaded before, stays/,
  ],
  [
    'throws when it is loaded',
    'throw new Error("not this one");',
    /not this one; version 0\.1\.0, which was loaded before, stays/,
  ],
] as const) {
  test(`a version that ${what} leaves the one before it, and says why`, async () => {
    write('plugin.ts', code);
    await until('a word about it', () => message.test(gateway.stderr));
    assert.deepEqual(await answers(), ['200 second']);
    const { code: exit, err } = await ostiary(['validate', gateway.directory, '--plugins', directory]);
    assert.equal(exit, 1);
    assert.match(err, /does not load/);
  });
}

test('threads that end afterwards begin with the version that stays', async () => {
  const [before] = gateway.workers;
  process.kill(before!, 'SIGKILL');
  await until('another worker', () => gateway.workers.length === 2 && !gateway.workers.includes(before!));
  await untilAnswered('200 second');
});

test('a schema that the configuration does not fit any more stops the Service until it does', async () => {
  write('plugin.ts', says('third'));
  await untilAnswered('200 third');
  const manifest = readFileSync(join(folder, 'plugin.yaml'), 'utf8');
  write('plugin.yaml', manifest.replace('required: [header, groups]', 'required: [more]'));
  await until('a mistake', () => /script\.config: it does not fit/.test(gateway.stderr));
  assert.equal((await gateway.ask('app')).reason, 'service-broken');
  write('plugin.yaml', manifest);
  await untilAnswered('200 third');
});

test('without its directory the Service does not serve', async () => {
  rmSync(folder, { recursive: true });
  await until('a mistake', () => gateway.stderr.includes('there is no script "groups-header"'));
  assert.equal((await gateway.ask('app')).reason, 'service-broken');
});
