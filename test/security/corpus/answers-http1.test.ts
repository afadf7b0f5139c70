import { runAnswers } from './answers/run.ts';

/** R9, R11, R12, R31, R50: what a hostile upstream says, and what its client may see of it. */
await runAnswers('cleartext', 'http/1.1');
