/** What the upstream answers with, and what may become of it. */
export interface AnswerCase {
  readonly name: string;
  /** One character for each octet. */
  readonly answer: string;
  /** What the upstream does behind it; `end` when left out. */
  readonly ending?: 'end' | 'stay' | 'reset';
  /** `GET` when left out. */
  readonly method?: string;
  readonly outcome: AnswerOutcome;
}

export type AnswerOutcome =
  /** 502 of our own, and nothing of the answer. */
  | 'refused'
  /** The client sees that it was cut off, or 502. */
  | 'cut-off'
  | Served;

export interface Served {
  readonly status: number;
  readonly body: string;
  readonly has?: Readonly<Record<string, readonly string[]>>;
  /** Text that stands in no field. */
  readonly without?: string;
}

export function refused(name: string, answer: string): AnswerCase {
  return { name, answer, outcome: 'refused' };
}

export function cutOff(name: string, answer: string, ending: AnswerCase['ending'] = 'end'): AnswerCase {
  return { name, answer, ending, outcome: 'cut-off' };
}

export function served(name: string, answer: string, body: string, more: Partial<Served> = {}): AnswerCase {
  return { name, answer, outcome: { status: 200, body, ...more } };
}

/** 200 with these fields, and a body behind them. */
export function ok(fields: readonly string[], body = ''): string {
  return `${['HTTP/1.1 200 OK', ...fields, '', ''].join('\r\n')}${body}`;
}
