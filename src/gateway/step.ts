import type { Awaitable } from '../base/awaitable.ts';
import type { Exchange } from './exchange.ts';
import type { KernelParts } from './kernel.ts';
import type { Outcome } from './outcome.ts';

/** What steps that decide need; those that act need more. */
export type DecidingParts = Pick<KernelParts, 'identify' | 'identifyAgain' | 'buildInput' | 'raised' | 'bodyLimits'>;

/** One step of a request's way. `null`: go on; anything else is the answer, and no later step runs. */
export type Step<P = KernelParts> = (x: Exchange, parts: P) => Awaitable<Outcome | null>;

export type DecidingStep = Step<DecidingParts>;
