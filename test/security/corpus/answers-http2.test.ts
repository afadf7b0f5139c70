import { runAnswers } from './answers/run.ts';

/** The same answers to clients that speak HTTP/2: what is cut off is reset. */
await runAnswers('TLS', 'h2');
