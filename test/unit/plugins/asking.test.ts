import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../../../src/base/header-list.ts';
import { Asking } from '../../../src/plugins/authorization/asking.ts';
import type { OutboundAnswer, OutboundRequest } from '../../../src/plugins/outbound.ts';
import { authorized } from './support.ts';

const question = (path: string, headers: string[] = [], body: string | null = null): OutboundRequest => ({
  method: 'GET',
  path,
  query: '',
  headers: new HeaderList(headers),
  body: body === null ? null : Buffer.from(body),
});

test('only what is wholly the same, at the same time, shares an answer', async () => {
  const answers: ((answer: OutboundAnswer) => void)[] = [];
  const asking = new Asking({ ask: () => new Promise((resolve) => answers.push(resolve)) });
  const x = authorized();
  const answer = (status: number): OutboundAnswer => ({
    kind: 'answered',
    status,
    headers: new HeaderList(),
    body: Buffer.alloc(0),
    grpcStatus: null,
  });
  const same = [asking.ask(x, question('/a')), asking.ask(x, question('/a'))];
  const others = [question('/b'), question('/a', ['cookie', 'a=1']), question('/a', [], ''), question('/a', [], 'x')];
  const asked = others.map((one) => asking.ask(x, one));
  assert.equal(answers.length, 4);
  for (const [i, resolve] of answers.entries()) resolve(answer(200 + i));
  assert.deepEqual(await Promise.all(same), [answer(200), answer(200)]);
  const statuses = (await Promise.all(asked)).map((one) => (one.kind === 'answered' ? one.status : one.message));
  assert.deepEqual(statuses, [201, 202, 200, 203]);
  void asking.ask(x, question('/a'));
  assert.equal(answers.length, 5);
});

test('a question that throws is no answer', async () => {
  const asking = new Asking({ ask: () => Promise.reject(new Error('gone')) });
  assert.deepEqual(await asking.ask(authorized(), question('/')), { kind: 'failed', message: 'gone' });
});
