import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent, createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ostiary } from '../support/command.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import type { Answer } from '../support/http-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, open, service, workload, yaml } from '../support/resources.ts';
import { SignInWorld } from '../support/sign-in-world.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

const TWO = ['--workers', '2'];
/** Enough connections that all of them in one of two workers is no accident. */
const MANY = 40;

/** An upstream that answers with the port of the connection that it was asked on: each worker has its own. */
async function startPortEcho(): Promise<string> {
  const server = createServer((request, response) => response.end(String(request.socket.remotePort)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** One request on a connection of its own each, one after the other. */
async function askMany(ask: () => Promise<Answer>, count = MANY): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < count; i++) answers.push(await ask());
  return answers;
}

async function isReady(gateway: GatewayProcess): Promise<boolean> {
  return (await gateway.admin('/readyz')).status === 200;
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => void socket.destroy());
    socket.on('close', (failed) => resolve(!failed));
    socket.on('error', () => undefined);
  });
}

/** `until` for what takes a request to find out. */
async function eventually(what: string, look: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (await look()) return;
    await sleep(20);
  }
  assert.fail(`waited in vain for ${what}`);
}

async function requestsCounted(gateway: GatewayProcess): Promise<number> {
  const { body } = await gateway.admin('/metrics');
  const counts = [...body.matchAll(/^ostiary_requests_total\{service="site".*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

test('two workers share one port, each with connections of its own, and the figures are those of both', async () => {
  const gateway = await GatewayProcess.start({
    args: TWO,
    files: { 'a.yaml': yaml(open('site', await startPortEcho())) },
  });
  assert.equal(gateway.stderr.match(/listening on/g)?.length, 1);
  assert.equal(gateway.workers.length, 2);
  assert.ok(await isReady(gateway));
  const answers = await askMany(() => gateway.ask('site'));
  assert.equal(new Set(answers.map(({ body }) => body)).size, 2);
  assert.equal(await requestsCounted(gateway), MANY);
  assert.equal(await gateway.stop(), 0);
  assert.equal(gateway.accessLog.length, MANY);
});

test('a configuration is live in every worker when it is said to be, and no request fails meanwhile', async () => {
  const url = await startPortEcho();
  const ofVersion = (version: number) => {
    const header = { addResponseHeaders: [{ key: 'X-Version', value: String(version) }] };
    return yaml(open('site', url, {}, { header }));
  };
  const gateway = await GatewayProcess.start({ args: TWO, files: { 'a.yaml': ofVersion(0) } });
  let done = false;
  const askOn = async (agent: Agent): Promise<Answer[]> => {
    const answers: Answer[] = [];
    while (!done) answers.push(await gateway.ask('site', '/', { agent }));
    agent.destroy();
    return answers;
  };
  const asking = Array.from({ length: 6 }, () => askOn(new Agent({ keepAlive: true, maxSockets: 1 })));
  for (let version = 1; version <= 10; version++) {
    assert.match(await gateway.write('a.yaml', ofVersion(version)), /is live/);
    const answers = await askMany(() => gateway.ask('site'), 8);
    for (const { headers } of answers) assert.equal(headers['x-version'], String(version));
  }
  done = true;
  const answers = (await Promise.all(asking)).flat();
  assert.ok(answers.length > 50, `only ${answers.length} requests`);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(await gateway.stop(), 0);
});

test('a worker that is killed is replaced; requests of the others go on, and figures never fall', async () => {
  const gateway = await GatewayProcess.start({
    args: TWO,
    files: { 'a.yaml': yaml(open('site', await startPortEcho())) },
  });
  const agents = Array.from({ length: 12 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  after(() => agents.forEach((agent) => void agent.destroy()));
  const ask = (agent: Agent) => gateway.ask('site', '/', { agent });
  // One after the other, so that each worker needs one connection to the upstream.
  const first: Answer[] = [];
  for (const agent of agents) first.push(await ask(agent));
  const counted = await requestsCounted(gateway);
  const [victim, other] = gateway.workers;
  process.kill(victim!, 'SIGKILL');
  // Connections of the worker that is gone are gone; every other one still is the same one.
  const again: (Answer | null)[] = [];
  for (const agent of agents) again.push(await ask(agent).catch(() => null));
  const kept = first.filter((_, i) => again[i]?.reusedConnection === true);
  assert.equal(new Set(kept.map(({ body }) => body)).size, 1);
  await until('another worker', () => gateway.workers.length === 2 && !gateway.workers.includes(victim!));
  assert.ok(gateway.workers.includes(other!));
  await eventually('readiness', () => isReady(gateway));
  assert.match(gateway.stderr, new RegExp(`worker ${victim} ended \\(SIGKILL\\); another one takes its place`));
  const answers = await askMany(() => gateway.ask('site'));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.ok((await requestsCounted(gateway)) >= counted + MANY);
  assert.equal(await gateway.stop(), 0);
});

for (const whom of ['the supervisor', 'the whole process group'] as const) {
  test(`SIGTERM to ${whom} lets a slow request finish and ends with 0`, async () => {
    let held: ServerResponse | null = null;
    const slow = await RecordingUpstream.start('slow', {
      answer: (_, response) => {
        response.write('first ');
        held = response;
      },
    });
    const gateway = await GatewayProcess.start({ args: TWO, files: { 'a.yaml': yaml(open('slow', slow.url)) } });
    const { port } = gateway;
    const answer = gateway.ask('slow');
    const response = await until('the upstream to be asked', () => held);
    const { workers } = gateway;
    if (whom === 'the whole process group') for (const worker of workers) process.kill(worker, 'SIGTERM');
    const ended = gateway.stop();
    await eventually('refused connections', async () => !(await isTaken(port)));
    response.end('last');
    assert.equal((await answer).body, 'first last');
    assert.equal(await ended, 0);
    assert.deepEqual(workers.filter(isRunning), []);
    assert.equal(gateway.accessLog[0]?.aborted, false);
  });
}

function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('a second signal ends supervisor and workers at once', async () => {
  const gateway = await GatewayProcess.start({
    args: TWO,
    files: { 'a.yaml': yaml(open('slow', await startSilent())) },
  });
  const { workers, port } = gateway;
  gateway.ask('slow').catch(() => undefined);
  await until('a request under way', () => silentAsked > 0);
  const ended = gateway.stop();
  await eventually('refused connections', async () => !(await isTaken(port)));
  process.kill(gateway.pid, 'SIGTERM');
  assert.equal(await ended, 1);
  await until('the workers to end', () => !workers.some(isRunning));
});

let silentAsked = 0;

/** An upstream that never answers. */
async function startSilent(): Promise<string> {
  const { url } = await RecordingUpstream.start('silent', { answer: () => void silentAsked++ });
  return url;
}

/** A fault for a signal, planted from outside, because none is known inside. */
const FAULT = `process.on('SIGUSR2', () => { throw new Error('planted exception'); });`;

test('a worker with an uncaught exception is replaced at once, and finishes what it was doing (R69)', async () => {
  let held: ServerResponse | null = null;
  const slow = await RecordingUpstream.start('slow', {
    answer: ({ url }, response) => {
      response.write('first ');
      if (url === '/slow') held = response;
      else response.end();
    },
  });
  const gateway = await GatewayProcess.start({
    args: TWO,
    env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(FAULT)}` },
    files: { 'a.yaml': yaml(open('slow', slow.url)) },
  });
  const former = gateway.workers;
  const answer = gateway.ask('slow', '/slow');
  const response = await until('the upstream to be asked', () => held);
  for (const worker of former) process.kill(worker, 'SIGUSR2');
  await until('two more workers', () => gateway.workers.filter((pid) => !former.includes(pid)).length === 2);
  await eventually('readiness', () => isReady(gateway));
  assert.equal((await gateway.ask('slow')).status, 200);
  response.end('last');
  assert.equal((await answer).body, 'first last');
  await until('the former ones to end', () => !former.some(isRunning));
  assert.match(gateway.stderr, /^ostiary: worker \d+: an uncaught exception, .*planted exception/m);
  assert.equal(await gateway.stop(), 0);
});

test('workers end by themselves when their supervisor is killed', async () => {
  const gateway = await GatewayProcess.start({ args: TWO });
  const { workers } = gateway;
  await gateway.stop('SIGKILL');
  await until('the workers to end', () => !workers.some(isRunning));
});

test('a session that is revoked by command is refused by every worker at once', async () => {
  const resources = yaml(
    workload('robot'),
    ALLOW_ALL,
    service('api', { config: { upstream: { url: await startPortEcho() } } }),
  );
  const gateway = await GatewayProcess.start({ args: TWO, files: { 'a.yaml': resources } });
  const headers = bearer(await gateway.token('robot'));
  const answers = await askMany(() => gateway.ask('api', '/', { headers }));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.equal(new Set(answers.map(({ body }) => body)).size, 2);
  const [session] = await gateway.api.sessions(null);
  await gateway.api.revokeSession(session!.metadata.uid);
  // By themselves workers notice within a second; they were told.
  await sleep(100);
  for (const { status } of await askMany(() => gateway.ask('api', '/', { headers }))) assert.equal(status, 401);
});

test('a sign-in may begin in one worker and end in another, and signing out ends it in all', async () => {
  const world = await SignInWorld.start(
    yaml(ALLOW_ALL, service('app', { config: { upstream: { url: await startPortEcho() } } })),
    TWO,
  );
  for (let i = 0; i < 6; i++) {
    const browser = await world.signedIn(world.url('app'));
    for (let n = 0; n < 12; n++) {
      const answer = await browser.get(world.url('app'));
      assert.equal(answer.status, 200);
    }
    await browser.post(world.url(DOMAIN, '/.ostiary/sign-out'));
    await sleep(100);
    for (let n = 0; n < 8; n++) assert.notEqual((await browser.step(world.url('app'))).status, 200);
  }
});

test('a port that another gateway listens on is refused, though workers share theirs', async () => {
  const first = await GatewayProcess.start({ args: TWO });
  const data = join(temporaryDirectory(), 'data');
  const address = `127.0.0.1:${first.port}`;
  const { code, err } = await ostiary(['serve', '--workers', '2', '--listen', address, '--data', data]);
  assert.equal(code, 1);
  assert.match(err, new RegExp(`${address} cannot be listened on: another program uses it`));
});

test('what a worker cannot start with is told once, and nothing stays behind', async () => {
  const directory = temporaryDirectory();
  const log = join(directory, 'missing', 'access.log');
  const args = ['--listen', '127.0.0.1:0', '--admin-listen', 'off', '--data', join(directory, 'data')];
  const { code, err } = await ostiary(['serve', ...TWO, ...args, '--access-log', log]);
  assert.equal(code, 1);
  assert.equal(err.match(/The access log cannot be opened/g)?.length, 1, err);
});
