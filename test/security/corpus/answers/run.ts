import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWorld, type Transport } from '../world.ts';
import type { AnswerCase, AnswerOutcome } from './case.ts';
import { ANSWERS } from './cases.ts';
import { type AskOne, type Got, http1Client, http2Client } from './clients.ts';
import { PLAYED, Stage } from './stage.ts';

/** Every answer is given to a client of this protocol; behind each, another client asks for something else. */
export async function runAnswers(transport: Transport, protocol: 'http/1.1' | 'h2'): Promise<void> {
  const stage = new Stage();
  const { upstream, connect } = await startWorld(transport, stage.answer);
  const connected = () => connect(protocol);
  const scheme = transport === 'TLS' ? 'https' : 'http';
  const ask = protocol === 'h2' ? http2Client(connected, scheme) : http1Client(connected);
  for (const [i, one] of ANSWERS.entries()) {
    test(`answer to ${protocol}, ${one.name.slice(0, 120)}`, async () => {
      await judgeOne(one, ask, stage);
      assert.deepEqual(await bodyOf(ask, `/next-${i}`), `/next-${i}`, 'the answer to somebody else');
      assert.deepEqual(upstream.foul, []);
    });
  }
}

async function judgeOne(one: AnswerCase, ask: AskOne, stage: Stage): Promise<void> {
  stage.set(one);
  const got = await ask(one.method ?? 'GET', PLAYED);
  await stage.over;
  judge(one.outcome, got);
}

async function bodyOf(ask: AskOne, target: string): Promise<string | null> {
  return (await ask('GET', target))?.body ?? null;
}

function judge(outcome: AnswerOutcome, got: Got | null): void {
  if (outcome === 'cut-off') {
    assert.ok(got === null || got.status === 502, `whole: ${JSON.stringify(got)}`);
    return;
  }
  assert.ok(got, 'no answer that is complete');
  if (outcome === 'refused') {
    assert.equal(got.status, 502);
    return;
  }
  const { status, body, has = {}, without } = outcome;
  assert.deepEqual([got.status, got.body], [status, body]);
  if (without !== undefined) assert.ok(!got.head.includes(without), got.head);
  if (got.head === '') return;
  for (const [name, values] of Object.entries(has)) {
    for (const value of values) assert.ok(got.head.includes(`${name}: ${value}`), `${name} in ${got.head}`);
  }
}
