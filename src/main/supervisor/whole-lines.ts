import type { Readable } from 'node:stream';
import type { LineSink } from '../../telemetry/access-log.ts';

const LINE_FEED = 0x0a;

/**
 * Passes whole lines on to `sink`. Several processes that write to one pipe would tear each other's lines where a
 * write is longer than the system keeps together (PIPE_BUF).
 */
export function passLines(stream: Readable, sink: LineSink): void {
  let rest: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end === 0) {
      rest = Buffer.concat([rest, chunk]);
      return;
    }
    const lines = Buffer.concat([rest, chunk.subarray(0, end)]);
    rest = Buffer.from(chunk.subarray(end));
    sink.write(lines, countLines(lines));
  });
  // The process on the other side is gone; it is replaced.
  stream.on('error', () => {});
}

function countLines(lines: Buffer): number {
  let count = 0;
  for (let at = lines.indexOf(LINE_FEED); at >= 0; at = lines.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
