import { type Clock, systemClock } from '../base/clock.ts';
import type { Observer } from '../gateway/kernel.ts';
import { accessLine, unparsedLine } from './access-line.ts';

/**
 * Takes whole lines of UTF-8, each with its line feed, and owns their bytes from then on; `count` says how many lines
 * there are. `log-sink.ts` has the one for files.
 */
export interface LineSink {
  write(lines: Buffer, count: number): void;
}

export interface AccessLog extends Observer {
  settled: Observer['settled'];
  unparsed: NonNullable<Observer['unparsed']>;
  /** Hands what waits to the sink. Called by itself at the latest `FLUSH_AFTER_MS` after a line was written. */
  flush(): void;
  /** Flushes; later lines are handed on at once. */
  close(): void;
}

const FLUSH_AFTER_MS = 50;
/** Characters; one system call a line would cost more than making the line. */
const BATCH_LENGTH = 64 * 1024;

/** One JSON line for each exchange, refused and aborted ones included; the fields are those of `AccessEntry`. */
export function createAccessLog(sink: LineSink, clock: Clock = systemClock): AccessLog {
  let lines = '';
  let count = 0;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (count === 0) return;
    const [written, number] = [Buffer.from(lines, 'utf8'), count];
    lines = '';
    count = 0;
    sink.write(written, number);
  };

  const add = (line: string) => {
    lines += line;
    count++;
    if (closed || lines.length >= BATCH_LENGTH) flush();
    else timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
  };

  return {
    settled: (x) => add(accessLine(x, clock)),
    unparsed: (request) => add(unparsedLine(request, clock)),
    flush,
    close() {
      closed = true;
      flush();
    },
  };
}
