import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourcedResource } from '../model/index.ts';
import { type Problem, toDiagnostic } from './problem.ts';

/** Gathers what one compilation has to say. */
export class Report {
  readonly diagnostics: Diagnostic[] = [];

  error(about: Pick<SourcedResource, 'resource' | 'source'>, problem: Problem): void {
    this.diagnostics.push(toDiagnostic(about, problem));
  }

  warning(about: Pick<SourcedResource, 'resource' | 'source'>, problem: Problem): void {
    this.diagnostics.push({ ...toDiagnostic(about, problem), severity: 'warning' });
  }
}
