import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { createDemoCertificates } from '../../../src/dev/demo-certificates.ts';
import type { SecretView } from '../../../src/gateway/snapshot.ts';
import { answer, scripted } from './fake-transport.ts';
import { exchangeWith, textOf } from './support.ts';

const first = createDemoCertificates(['robot.example']);
const second = createDemoCertificates(['robot.example']);
const SPEC = { url: 'https://e1', tls: { clientCertificate: 'robot' } };

function holding(text: string | null, version: number): SecretView {
  const open = (name: string) => (name === 'robot' && text !== null ? new SecretValue(text) : null);
  return { open, version: () => (text === null ? 0 : version) };
}

function scene() {
  const { upstream, transports, sent } = scripted(SPEC, (attempt) => answer(attempt));
  const send = async (secrets: SecretView) => textOf(await upstream.forward(exchangeWith({}, secrets)));
  return { send, transports, sent };
}

test('without the Secret nothing is sent', async () => {
  const { send, sent } = scene();
  assert.match(await send(holding(null, 0)), /^refused: credential-unavailable: the Secret "robot" is missing/);
  assert.equal(sent.length, 0);
});

test('a certificate without its key, another key, and a text that is neither send nothing and are not quoted', async () => {
  for (const text of [first.cert, `${first.cert}\n${second.key}`, 'hunter2', first.key]) {
    const { send, sent } = scene();
    const outcome = await send(holding(text, 1));
    assert.match(outcome, /^refused: credential-unavailable/);
    assert.ok(!outcome.includes('BEGIN') && !outcome.includes('hunter2'));
    assert.match(await send(holding(text, 1)), /^refused: credential-unavailable/);
    assert.equal(sent.length, 0);
  }
});

test('the same Secret keeps its connections, a rotated one gives new ones', async () => {
  const { send, transports } = scene();
  const one = `${first.cert}\n${first.key}`;
  assert.equal(await send(holding(one, 7)), '');
  const context = transports[0]!.parts.secureContext();
  assert.equal(await send(holding(one, 7)), '');
  assert.equal(transports.length, 1);
  assert.equal(await send(holding(`${second.key}\n${second.cert}`, 8)), '');
  assert.deepEqual(
    transports.map(({ isClosed }) => isClosed),
    [true, false],
  );
  assert.notEqual(transports[1]!.parts.secureContext(), context);
  // A request of the configuration before does not bring the old certificate back.
  assert.equal(await send(holding(one, 7)), '');
  assert.equal(transports.length, 2);
});

test('a Secret that is mended serves again', async () => {
  const { send } = scene();
  assert.match(await send(holding('broken', 1)), /^refused/);
  assert.equal(await send(holding(`${first.cert}\n${first.key}`, 2)), '');
});
