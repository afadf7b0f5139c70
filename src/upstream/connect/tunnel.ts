import type { Socket } from 'node:net';
import { HeadReader } from '../../wire/http1/head-reader.ts';
import { INCOMPLETE } from '../../wire/http1/parse-result.ts';
import { ResponseParser } from '../../wire/http1/response-parser.ts';
import { UpstreamFailure } from '../failures.ts';

const LIMITS = { headBytes: 16 * 1024, headerFields: 100 };

/** Asks a proxy for a tunnel to `target` (RFC 9110 9.3.6). Tells `done` once: `null` when the tunnel stands. */
export function openTunnel(
  socket: Socket,
  target: string,
  authorization: string | null,
  done: (failure: UpstreamFailure | null) => void,
): void {
  const parser = new ResponseParser(LIMITS);
  const reader = new HeadReader(parser);
  const finish = (problem: string | null): void => {
    socket.off('data', read).off('end', ended).pause();
    done(problem === null ? null : new UpstreamFailure('upstream-unreachable', `the outbound proxy ${problem}`));
  };
  const read = (chunk: Buffer): void => {
    const end = reader.read(chunk, 0, chunk.length);
    if (end !== INCOMPLETE) finish(problemOf(end, parser.status, chunk.length));
  };
  const ended = (): void => finish('closed the connection');
  socket.on('data', read).once('end', ended);
  const proof = authorization === null ? '' : `proxy-authorization: ${authorization}\r\n`;
  socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n${proof}\r\n`, 'latin1');
}

/** `null`: the tunnel stands. Whoever is behind it has nothing to say before us, so bytes behind the head are foul. */
function problemOf(end: number, status: number, received: number): string | null {
  if (end < 0) return 'gave an invalid answer';
  if (status < 200 || status > 299) return `answered ${status}`;
  return end === received ? null : 'sent more than its answer';
}
