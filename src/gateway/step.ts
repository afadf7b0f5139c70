import type { Awaitable } from '../base/awaitable.ts';
import type { Exchange } from './exchange.ts';
import type { KernelParts } from './kernel.ts';
import type { Outcome } from './outcome.ts';

/** One step of a request's way. `null`: go on; anything else is the answer, and no later step runs. */
export type Step = (x: Exchange, parts: KernelParts) => Awaitable<Outcome | null>;
