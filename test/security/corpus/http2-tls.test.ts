import { runFrames } from './http2/run.ts';

/** The same frames inside TLS, after ALPN. */
await runFrames('TLS');
