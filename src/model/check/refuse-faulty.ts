import { type Diagnostic, sortDiagnostics } from '../../base/diagnostic.ts';
import { asBroken, reasonText } from '../broken.ts';
import type { BrokenResource, SourcedResource } from '../source.ts';
import { checkOne } from './check-all.ts';
import { type CheckOptions, everything } from './checker.ts';
import { isDuplicate } from './duplicate.ts';

export interface Refused {
  /** Without those with errors. */
  readonly sound: readonly SourcedResource[];
  /** Those with errors. A second resource of one kind and name is in neither list: the first one stands. */
  readonly broken: readonly BrokenResource[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks configuration that goes live whatever is wrong with it: only the faulty parts are refused. */
export function refuseFaulty(sourced: readonly SourcedResource[], options: CheckOptions): Refused {
  const all = everything(sourced, options);
  const sound: SourcedResource[] = [];
  const broken: BrokenResource[] = [];
  const diagnostics = sourced.flatMap((one) => {
    const found = checkOne(one, all);
    const error = found.find(({ severity }) => severity === 'error');
    if (error === undefined) sound.push(one);
    else if (!isDuplicate(one, all)) broken.push(asBroken(one, reasonText(error)));
    return found;
  });
  return { sound, broken, diagnostics: sortDiagnostics(diagnostics) };
}
