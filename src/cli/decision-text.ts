import type { ChangedRequest, DecisionChange, Undecidable, Verdict } from '../admin/decision-api.ts';

/** One block for each change: what changes for whom, then some of the requests with what decides before and after. */
export function changeText({ service, user, from, to, count, samples }: DecisionChange): string {
  const who = user === null ? 'nobody signed in' : `User/${user}`;
  const head = `${from} -> ${to}  Service/${service}  ${who}  ${counted(count, 'request')}`;
  return linesText([head, ...samples.flatMap(sampleLines)]);
}

function sampleLines({ request: { method, host, path }, before, after }: ChangedRequest): string[] {
  return [
    `    ${method} ${host}${path}`,
    `        before  ${verdictText(before)}`,
    `        after   ${verdictText(after)}`,
  ];
}

/** `deny by no-deletes/rules[0] (policy-denied)` */
export function verdictText({ effect, policy, rule, reason }: Verdict): string {
  const by = [policy, rule].filter((part) => part !== null).join('/');
  return `${effect}${by === '' ? '' : ` by ${by}`} (${reason})`;
}

export function undecidableText({ why, count }: Undecidable): string {
  return linesText([`    ${count}  ${why}`]);
}

export function counted(count: number, what: string): string {
  return `${count} ${count === 1 ? what : `${what}s`}`;
}

/** Lines for a terminal, each of which stays one. */
export function linesText(lines: readonly string[]): string {
  return lines.map((line) => `${printable(line.replaceAll('\n', ' '))}\n`).join('');
}

/** What a log says must not move the cursor, ring the bell or turn the line round (CWE-150). */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\n]/gu, '\u{fffd}');
}
