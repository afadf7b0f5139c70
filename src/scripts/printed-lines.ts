import { oneLine } from '../base/one-line.ts';

/** Lines in one window; a script that writes without end must not fill the log. */
const MOST_LINES = 20;
const WINDOW_MS = 1_000;
const LONGEST_LINE = 1_000;

/** What a script writes to standard output and error, as lines for the log of the gateway. */
export class PrintedLines {
  readonly #tell: (line: string) => void;
  #begun = '';
  #window = 0;
  #lines = 0;

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  take(chunk: string): void {
    const lines = (this.#begun + chunk).split('\n');
    const rest = lines.pop()!;
    this.#begun = rest.length > LONGEST_LINE ? '' : rest;
    for (const line of lines) if (line !== '') this.#line(line);
  }

  #line(line: string): void {
    const now = performance.now();
    if (now - this.#window > WINDOW_MS) {
      this.#window = now;
      this.#lines = 0;
    }
    this.#lines += 1;
    if (this.#lines <= MOST_LINES) this.#tell(oneLine(line.slice(0, LONGEST_LINE)));
    if (this.#lines === MOST_LINES + 1) this.#tell('it writes more than is logged');
  }
}
