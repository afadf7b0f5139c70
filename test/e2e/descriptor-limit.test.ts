import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { open, yaml } from '../support/resources.ts';
import { until } from '../support/until.ts';

const DESCRIPTORS = 256;
const CONNECTIONS = 400;

function openConnections(port: number): { readonly sockets: Socket[]; readonly open: () => number } {
  const sockets = Array.from({ length: CONNECTIONS }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  after(() => sockets.forEach((socket) => void socket.destroy()));
  const isOpen = (socket: Socket) => socket.readyState === 'open';
  for (const socket of sockets) socket.resume();
  return { sockets, open: () => sockets.filter(isOpen).length };
}

test('with few descriptors a gateway takes as many connections as it can serve, and recovers by itself', async () => {
  const upstream = await RecordingUpstream.start('upstream');
  const gateway = await GatewayProcess.start({
    files: { 'a.yaml': yaml(open('site', upstream.url)) },
    descriptors: DESCRIPTORS,
  });
  const { sockets, open: stillOpen } = openConnections(gateway.port);
  await until(
    () => `the superfluous ones to be closed; ${stillOpen()} are open`,
    () => sockets.every(({ connecting }) => !connecting) && stillOpen() <= DESCRIPTORS / 2,
  );
  assert.ok(stillOpen() >= 64, `only ${stillOpen()} are served`);
  // One that was accepted still gets its answer, from an upstream.
  const served = sockets.find((socket) => socket.readyState === 'open')!;
  let answer = '';
  served.setEncoding('latin1').on('data', (chunk: string) => {
    answer += chunk;
  });
  served.write('GET / HTTP/1.1\r\nHost: site.gate.localhost\r\n\r\n');
  await until('its answer', () => answer.startsWith('HTTP/1.1 200 '));
  assert.equal((await gateway.admin('/livez')).status, 200);
  for (const socket of sockets) socket.destroy();
  await until('room', () => stillOpen() === 0);
  let status = 0;
  for (let i = 0; i < 100 && status !== 200; i++) {
    status = await gateway.ask('site').then(
      (found) => found.status,
      () => 0,
    );
  }
  assert.equal(status, 200);
  assert.equal(await gateway.stop(), 0);
});

test('more connections than were allowed are closed at once, and the others are served', async () => {
  const gateway = await GatewayProcess.start({ args: ['--limits-connections', '10'] });
  const { sockets, open: stillOpen } = openConnections(gateway.port);
  await until(
    'the superfluous ones to be closed',
    () => sockets.every(({ connecting }) => !connecting) && stillOpen() <= 10,
  );
  assert.equal(stillOpen(), 10);
  assert.equal(await gateway.stop(), 0);
});
