import type { ReachAnswer, ReachRow } from '../admin/explanation.ts';
import { printableValue } from './printable-value.ts';
import { type Paint, table } from './table.ts';

const WORDS: Readonly<Record<ReachRow['can'], string>> = {
  always: 'allow',
  never: 'deny',
  depends: 'depends on the request',
};

/** One line for each pair; with a request the decision about it, without one whether there is one for all requests. */
export function reachText(answer: ReachAnswer, isForRequest: boolean, paint: Paint): string {
  const { rows } = printableValue(answer);
  const head = ['service', 'user', 'answer', isForRequest ? 'by' : 'GET / by', 'reason'];
  return table(
    head,
    rows.map((row) => cellsOf(row, paint)),
  );
}

function cellsOf({ service, user, can, policy, rule, reason }: ReachRow, paint: Paint): string[] {
  const by = [policy, rule].filter((part) => part !== null).join('/');
  const answer =
    can === 'depends' ? WORDS.depends : can === 'always' ? paint.allow(WORDS.always) : paint.deny(WORDS.never);
  return [service, user ?? '(nobody signed in)', answer, by, reason];
}
