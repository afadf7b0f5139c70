import { runCorpus } from './run.ts';

/** The same bytes inside TLS: nothing of it may depend on how they arrive. */
await runCorpus({ transport: 'TLS' });
