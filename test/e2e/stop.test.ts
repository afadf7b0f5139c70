import assert from 'node:assert/strict';
import { Agent, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { open, yaml } from '../support/resources.ts';
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

test('SIGTERM with nothing to do ends with 0, idle connections or not', async () => {
  const gateway = await GatewayProcess.start();
  const agent = new Agent({ keepAlive: true });
  assert.equal((await gateway.ask('nothing', '/', { agent })).status, 404);
  assert.equal(await gateway.stop(), 0);
});
