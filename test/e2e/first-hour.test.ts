/** The README's two walks, by somebody who takes them in one directory, in either order. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { collect, ostiary, spawnOstiary } from '../support/command.ts';
import { ask } from '../support/http-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

const FIRST_SERVICE = fileURLToPath(new URL('../../deploy/examples/first-service', import.meta.url));
const SERVE = ['serve', '-f', FIRST_SERVICE, '--listen', '127.0.0.1:0', '--admin-listen', 'off'];
const DEMO = ['dev', '--port', '0'];
const BUILD = 'kind: User\nmetadata:\n  name: build\nspec:\n  type: WORKLOAD\n  groups: [app-team]\n';

interface Running {
  readonly out: string;
  readonly err: string;
  readonly port: number;
  stop(): Promise<void>;
}

async function start(cwd: string, args: readonly string[], isUp: RegExp): Promise<Running> {
  const child = spawnOstiary(args, { cwd });
  const closed = once(child, 'close');
  const [out, err] = [collect(child.stdout!), collect(child.stderr!)];
  after(() => child.kill('SIGKILL'));
  const port = await until(
    () => `${args[0]} to start; it says:\n${out.text}${err.text}`,
    () => isUp.exec(out.text + err.text)?.[1],
  );
  const stop = async () => {
    child.kill('SIGINT');
    await closed;
  };
  return { out: out.text, err: err.text, port: Number(port), stop };
}

const startDemo = (cwd: string) => start(cwd, DEMO, /Portal +http:\/\/localhost:(\d+)\/[\s\S]*Stop with/);
const startServe = (cwd: string) => start(cwd, SERVE, /listening on \S+:(\d+)$/m);

async function run(cwd: string, args: readonly string[], input = ''): Promise<string> {
  const { code, out, err } = await ostiary(args, { cwd, input });
  assert.equal(code, 0, err);
  return out;
}

/** Nothing of the other walk is in the way. */
async function tryDemo(cwd: string): Promise<void> {
  const demo = await startDemo(cwd);
  assert.equal(demo.err, '');
  const data = /--data (\S+)$/m.exec(demo.out)?.[1];
  const users = await run(cwd, ['get', 'user', '--data', data!]);
  assert.match(users, /^robot /m);
  assert.doesNotMatch(users, /^build /m);
  await demo.stop();
}

async function tryFirstService(cwd: string): Promise<void> {
  const gateway = await startServe(cwd);
  assert.equal(await run(cwd, ['sessions', 'list']), 'NAME  USER  STATE  EXPIRES\n');
  await run(cwd, ['create', 'user', 'build', '--type', 'WORKLOAD']);
  await run(cwd, ['apply', '-'], BUILD);
  assert.doesNotMatch(await run(cwd, ['get', 'user']), /^robot /m);
  await gateway.stop();
}

test('the demo, then the first Service', async () => {
  const cwd = temporaryDirectory();
  await tryDemo(cwd);
  await tryFirstService(cwd);
});

test('the first Service, then the demo', async () => {
  const cwd = temporaryDirectory();
  await tryFirstService(cwd);
  await tryDemo(cwd);
});

test('the demo: every tile of the workload leads to an answer, and /v1 and /v2 reach their upstreams', async () => {
  const demo = await startDemo(temporaryDirectory());
  const token = /TOKEN=(\S+)/.exec(demo.out)?.[1];
  const at = async (service: string, path: string) => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const { status, body } = await ask(demo.port, { host: `${service}.localhost`, path, headers });
    assert.equal(status, 200, `${service}${path}: ${body}`);
    return JSON.parse(body) as { service: string; headers: Record<string, string> };
  };
  assert.equal((await at('api-by-path', '/')).headers['x-user'], 'robot');
  assert.match((await at('api-with-credentials', '/')).headers.authorization ?? '', /^Bearer demo-/);
  for (const service of ['api-by-path', 'api-with-credentials']) {
    assert.equal((await at(service, '/v1/x')).service, 'apiv1');
    assert.equal((await at(service, '/v2/x')).service, 'apiv2');
  }
  for (const service of ['echo', 'api-by-group', 'public-api']) await at(service, '/');
  await demo.stop();
});

test('the page of an upstream of the demo leads back to the portal', async () => {
  const demo = await startDemo(temporaryDirectory());
  const { body } = await ask(demo.port, { host: 'public-api.localhost', headers: { accept: 'text/html' } });
  assert.ok(body.includes(`href="http://localhost:${demo.port}/"`), body);
  await demo.stop();
});
