import type { Diagnostic } from '../base/diagnostic.ts';
import type { BrokenResource, SourcedResource } from '../model/index.ts';
import type { YamlDocument } from './yaml.ts';

/** A configuration language that is translated into the model. Pure: no input or output, no clock. */
export interface Dialect {
  readonly name: string;
  /** Whether a document is written in this language; asked of one dialect after the other. */
  recognises(document: unknown): boolean;
  translate(documents: readonly YamlDocument[]): Translation;
}

export interface Translation {
  readonly resources: readonly SourcedResource[];
  /** Those with errors: they refuse their own requests, and nothing else suffers. */
  readonly broken: readonly BrokenResource[];
  readonly diagnostics: readonly Diagnostic[];
  /** Some of it, or all, is about nobody knows what: going on without it might open what it closes. */
  readonly unreadable: boolean;
}
