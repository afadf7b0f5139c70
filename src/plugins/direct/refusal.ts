import { type Outcome, refuse } from '../../gateway/outcome.ts';
import { REASONS, type Reason } from '../../gateway/reasons.ts';
import { compileAnswer } from './answer.ts';
import type { DirectAnswer } from './schema.ts';

/**
 * How a plugin refuses: with the answer that its configuration gives, else for `reason`, with what is said for the
 * log. @throws AppError `invalid`
 */
export function compileRefusal(answer: DirectAnswer, reason: Reason): (detail: string) => Outcome {
  const isGiven = answer.statusCode !== undefined || answer.body !== undefined || answer.headers !== undefined;
  return isGiven ? compileAnswer(answer, REASONS[reason].status) : (detail) => refuse(reason, detail);
}
