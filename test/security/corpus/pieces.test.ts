import { runCorpus } from './run.ts';

/** The same bytes a few at a time: nothing of it may depend on where packets end. */
await runCorpus({ transport: 'cleartext', piece: 3 });
