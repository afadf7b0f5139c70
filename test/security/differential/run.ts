import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RawUpstream, type Seen } from '../../support/raw-upstream.ts';
import { readResponses } from '../../support/strict-reader.ts';
import { type UpstreamAnswer, upstreamAnswers } from './answers.ts';
import { clients } from './clients.ts';
import { compare } from './compare.ts';
import { compareAnswer } from './compare-answers.ts';
import { EarlyUpstream } from './early-upstream.ts';
import { type Conversation, DifferentialGateway } from './gateway.ts';
import { HostileUpstream, PLAYED } from './hostile-upstream.ts';
import type { Pieces } from './mutations.ts';
import { ReferenceServer, readAnswer } from './reference.ts';

export interface Run {
  readonly cases: number;
  /** The same seed gives the same cases. */
  readonly seed: number;
}

export interface Ran {
  readonly cases: number;
  /** Messages that were accepted and found to be the same on both sides. */
  readonly compared: number;
}

/** Records what it is sent. */
export interface RequestUpstream extends AsyncDisposable {
  readonly url: string;
  /** Requests that are whole. */
  readonly seen: Seen[];
  /** What no strict reader understands. */
  readonly foul: string[];
}

/** @throws with seed, smallest counter-example and what differs */
export async function differRequests(run: Run): Promise<Ran> {
  return differ(run, await RawUpstream.start());
}

/** The same, before an upstream that does not wait for bodies. */
export async function differEarly(run: Run): Promise<Ran> {
  return differ(run, await EarlyUpstream.start());
}

async function differ({ cases, seed }: Run, started: RequestUpstream): Promise<Ran> {
  await using upstream = started;
  await using gateway = await DifferentialGateway.start(upstream.url);
  const reference = new ReferenceServer();
  const ran = { cases: 0, compared: 0 };
  const property = fc.asyncProperty(clients, async (pieces: Pieces) => {
    upstream.seen.length = 0;
    upstream.foul.length = 0;
    const [talk, readings] = await Promise.all([gateway.talk(pieces), reference.read(pieces)]);
    assert.deepEqual(upstream.foul, []);
    ran.cases++;
    ran.compared += compare(pieces.join(''), talk, readings, upstream.seen);
  });
  await fc.assert(property, { numRuns: cases, seed });
  return ran;
}

/** @throws with seed, smallest counter-example and what differs */
export async function differAnswers({ cases, seed }: Run): Promise<Ran> {
  await using upstream = await HostileUpstream.start();
  await using gateway = await DifferentialGateway.start(upstream.url);
  const ran = { cases: 0, compared: 0 };
  const property = fc.asyncProperty(upstreamAnswers, async (answer: UpstreamAnswer) => {
    upstream.prepare(answer);
    const talk = await talkUntilPlayed(gateway, upstream, answer.method);
    const reading = await readAnswer(answer.method, answer.pieces, answer.ending !== 'reset');
    ran.cases++;
    if (compareAnswer(answer.method, talk, reading)) ran.compared++;
    await askNext(gateway, `/next-${ran.cases}`);
    assert.deepEqual(upstream.foul, []);
  });
  await fc.assert(property, { numRuns: cases, seed });
  return ran;
}

async function talkUntilPlayed(
  gateway: DifferentialGateway,
  upstream: HostileUpstream,
  method: string,
): Promise<Conversation> {
  const talk = await gateway.talk([bare(method, PLAYED)]);
  await upstream.finished();
  // What came behind the answer has to be here before the next request goes out: nobody could tell it apart later.
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
  return talk;
}

/** Whatever the one before was answered with, this one gets its own answer. */
async function askNext(gateway: DifferentialGateway, target: string): Promise<void> {
  const { answers } = await gateway.talk([bare('GET', target)]);
  const { whole, rest } = readResponses(answers, ['GET']);
  assert.deepEqual([whole.map(({ body }) => body), rest], [[target], ''], 'the answer to somebody else');
}

function bare(method: string, target: string): string {
  const length = method === 'POST' ? 'Content-Length: 0\r\n' : '';
  return `${method} ${target} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n${length}\r\n`;
}
