import assert from 'node:assert/strict';
import { Agent, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { spawnOstiary } from '../support/command.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { open, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

/** Opens connections until none is taken any more. */
async function untilRefused(port: number): Promise<void> {
  while (await isTaken(port));
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => void socket.destroy());
    socket.on('close', (failed) => resolve(!failed));
    socket.on('error', () => undefined);
  });
}

test('SIGTERM lets a slow request finish, takes no new ones, and ends with 0', async () => {
  let held: ServerResponse | null = null;
  const slow = await RecordingUpstream.start('slow', {
    answer: (_, response) => {
      response.write('first ');
      held = response;
    },
  });
  const gateway = await GatewayProcess.start({ files: { 'a.yaml': yaml(open('slow', slow.url)) } });
  const { port } = gateway;
  const answer = gateway.ask('slow');
  const response = await until('the upstream to be asked', () => held);
  const ended = gateway.stop();
  await untilRefused(port);
  response.end('last');
  assert.equal((await answer).body, 'first last');
  assert.equal(await ended, 0);
  assert.equal(gateway.accessLog.length, 1);
  assert.equal(gateway.accessLog[0]?.aborted, false);
});

for (const workers of ['1', '2']) {
  test(`what is not finished within --drain is cut off, and the end is still 0 (--workers ${workers})`, async () => {
    const endless = await RecordingUpstream.start('endless', { answer: (_, response) => void response.write('first') });
    const gateway = await GatewayProcess.start({
      files: { 'a.yaml': yaml(open('endless', endless.url)) },
      args: ['--drain', '300ms', '--workers', workers],
    });
    const answer = gateway.ask('endless');
    await until('the upstream to be asked', () => endless.received.length === 1);
    const ended = gateway.stop();
    await assert.rejects(answer, 'it never looks complete');
    assert.equal(await ended, 0);
  });
}

/** A fault for each of two signals, planted from outside, because none is known inside. */
const FAULTS = `
  process.on('SIGUSR2', () => { throw new Error('planted exception'); });
  process.on('SIGWINCH', () => { Promise.reject(new Error('planted rejection')); });
`;
const PLANTED = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(FAULTS)}` };

test('a rejection that nobody waits for is one line, and the gateway goes on (R69)', async () => {
  const gateway = await GatewayProcess.start({ env: PLANTED });
  const ended = gateway.stop('SIGWINCH');
  await until('a line about it', () => /an unhandled rejection: planted rejection .*\n/.exec(gateway.stderr));
  assert.equal((await gateway.ask('nothing')).status, 404);
  await gateway.stop();
  assert.equal(await ended, 0);
});

test('after an uncaught exception requests under way are finished, and the gateway ends with 1 (R69)', async () => {
  let held: ServerResponse | null = null;
  const slow = await RecordingUpstream.start('slow', {
    answer: (_, response) => {
      response.write('first ');
      held = response;
    },
  });
  const gateway = await GatewayProcess.start({ env: PLANTED, files: { 'a.yaml': yaml(open('slow', slow.url)) } });
  const { port } = gateway;
  const answer = gateway.ask('slow');
  const response = await until('the upstream to be asked', () => held);
  const ended = gateway.stop('SIGUSR2');
  await untilRefused(port);
  response.end('last');
  assert.equal((await answer).body, 'first last');
  assert.equal(await ended, 1);
  assert.match(gateway.stderr, /^ostiary: an uncaught exception, so the gateway stops: planted exception \(at .*\)$/m);
});

test('SIGTERM and SIGINT say where the state stays', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const gateway = await GatewayProcess.start();
    assert.equal(await gateway.stop(signal), 0);
    assert.ok(gateway.stderr.endsWith(`ostiary: stopped; the state stays in ${gateway.data}\n`), gateway.stderr);
  }
});

test('SIGTERM with nothing to do ends with 0, idle connections or not', async () => {
  const gateway = await GatewayProcess.start();
  const agent = new Agent({ keepAlive: true });
  assert.equal((await gateway.ask('nothing', '/', { agent })).status, 404);
  assert.equal(await gateway.stop(), 0);
});

test('a signal in the moment of listening stops as any other does', async () => {
  for (let i = 0; i < 5; i++) {
    const child = spawnOstiary(
      ['serve', '--listen', '127.0.0.1:0', '--admin-listen', 'off', '--data', join(temporaryDirectory(), 'data')],
      {},
    );
    child.stderr!.on('data', (chunk: Buffer) => {
      if (chunk.includes('is live')) child.kill('SIGTERM');
    });
    assert.equal(await new Promise((resolve) => child.on('close', resolve)), 0);
  }
});
