import type { ApplyAnswer } from '../../admin/api.ts';
import { hasErrors } from '../../base/diagnostic.ts';
import { AppError } from '../../base/errors.ts';
import type { TextComparison } from '../../cli/commands/diff.ts';
import type { Assembly } from '../../control/assemble.ts';
import { makePlan } from '../../control/plan.ts';
import { readTexts } from '../../control/read.ts';
import type { ConfigText } from '../../control/sources/files.ts';
import { canonicalName, KIND_NAMES } from '../../model/index.ts';
import { assembleRead } from '../offline.ts';
import { compareDecisions } from '../replay/compare.ts';

/**
 * What changes between two sets of resources, as `diff` shows it of a running gateway. What is wrong with the ones
 * before is as it is served: it does not keep a repair from being compared.
 *
 * @param now milliseconds since 1970, for the requests that are tried
 * @throws AppError `invalid` when one of the files before is no YAML: nobody knows what it would serve
 */
export async function compareTexts(comparison: TextComparison, now: number): Promise<ApplyAnswer> {
  const { domain, decisions } = comparison;
  const before = assembleRead(readable(comparison.before), domain);
  const after = assembleRead(readTexts(comparison.after), domain);
  const plan = planOf(before, after);
  const { diagnostics, compiled } = after;
  const answer = { plan, diagnostics, generation: 0 };
  if (hasErrors(diagnostics)) return { ...answer, accepted: false };
  const compared = await compareDecisions(before.compiled.snapshot, compiled.snapshot, decisions, now);
  return { ...answer, accepted: true, decisions: compared };
}

function readable(texts: readonly ConfigText[]) {
  const read = readTexts(texts);
  if (read.unreadable[0] !== undefined)
    throw new AppError('invalid', `${read.unreadable[0]} is no YAML with resources`);
  return read;
}

function planOf(before: Assembly, after: Assembly): ApplyAnswer['plan'] {
  const [present, resources] = [before, after].map(({ owned }) => owned.map(({ resource }) => resource));
  const steps = makePlan(present!, { resources: resources!, prune: true, include: KIND_NAMES, exclude: [] });
  return steps.map(({ operation, resource: { kind, metadata } }) => ({
    operation,
    kind,
    name: canonicalName(kind, metadata.name),
  }));
}
