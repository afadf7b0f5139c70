import { runCorpus } from './run.ts';

/** R1-R27, R49-R51, R64: raw bytes against the product, and what its upstream may see of them. */
await runCorpus({ transport: 'cleartext' });
