import { describe } from 'node:test';
import type { OpenStore } from './harness.ts';
import { processConformance } from './processes.ts';
import { recordConformance } from './records.ts';
import { resourceConformance } from './resources.ts';
import { secretConformance } from './secrets.ts';
import { sessionConformance } from './sessions.ts';
import { signInConformance } from './sign-ins.ts';

/** What every implementation of `Store` must do. `open` gives a new, empty store each time. */
export function storeConformance(name: string, open: OpenStore): void {
  describe(`store conformance: ${name}`, () => {
    describe('resources', () => resourceConformance(open));
    describe('sessions and handles', () => sessionConformance(open));
    describe('sign-ins', () => signInConformance(open));
    describe('records', () => recordConformance(open));
    describe('sealed Secrets and last good texts', () => secretConformance(open));
    describe('several connections and processes', () => processConformance(open));
  });
}
