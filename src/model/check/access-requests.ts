import { type AccessRequests, LONGEST_GRANT_MS, rulesOf } from '../access-requests.ts';
import { type Problem, problem } from '../validate/problem.ts';

const AT = ['spec', 'authorization', 'accessRequests'];

/** How the settings of requests for access go together, wherever they stand. */
export function checkAccessRequests(settings: AccessRequests | undefined): Problem[] {
  if (settings === undefined || settings.isDisabled === true) return [];
  const { groups, users, maxDuration, defaultDuration } = rulesOf(settings);
  const problems: Problem[] = [];
  if (groups.length + users.length === 0) problems.push(problem(AT, 'needs approvers', { at: 'key' }));
  if (maxDuration > LONGEST_GRANT_MS) problems.push(problem([...AT, 'maxDuration'], 'is more than 30d'));
  if (defaultDuration > maxDuration) problems.push(problem([...AT, 'defaultDuration'], 'is more than maxDuration'));
  return problems;
}
