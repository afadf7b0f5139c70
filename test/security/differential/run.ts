import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RawUpstream } from '../../support/raw-upstream.ts';
import { clients } from './clients.ts';
import { compare } from './compare.ts';
import { DifferentialGateway } from './gateway.ts';
import type { Pieces } from './mutations.ts';
import { ReferenceServer } from './reference.ts';

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

/** @throws with seed, smallest counter-example and what differs */
export async function differRequests({ cases, seed }: Run): Promise<Ran> {
  await using upstream = await RawUpstream.start();
  await using gateway = await DifferentialGateway.start(upstream.url);
  const reference = new ReferenceServer();
  const ran = { cases: 0, compared: 0 };
  const property = fc.asyncProperty(clients, async (pieces: Pieces) => {
    upstream.seen.length = 0;
    const [talk, readings] = await Promise.all([gateway.talk(pieces), reference.read(pieces)]);
    assert.deepEqual(upstream.foul, []);
    ran.cases++;
    ran.compared += compare(pieces.join(''), talk, readings, upstream.seen);
  });
  await fc.assert(property, { numRuns: cases, seed });
  return ran;
}
