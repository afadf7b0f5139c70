import { runFrames } from './http2/run.ts';

/** R59-R62, and R15-R27 as HTTP/2 spells them: raw frames against the product, by prior knowledge. */
await runFrames('cleartext');
