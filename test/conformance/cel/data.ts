import { tests as checking } from '@bufbuild/cel-spec/testdata/checking.js';
import { tests as comprehension } from '@bufbuild/cel-spec/testdata/comprehension.js';
import { tests as conformance } from '@bufbuild/cel-spec/testdata/conformance.js';
import { tests as parsing } from '@bufbuild/cel-spec/testdata/parsing.js';
import type { SerializedIncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import type { Declaration, ExprValue, JsonType, JsonValue } from './json-forms.ts';

/** One test of the data. */
export interface Case {
  /** `conformance/logic/AND/all_true`; tests without a name have their expression instead. */
  readonly path: string;
  readonly original: Original;
  /** The debug text of the tree, with kinds. */
  readonly ast?: string;
  /** The debug text of the tree, with types and references. */
  readonly checkedAst?: string;
  readonly type?: string;
  /** What cel-go told, of the parser or the checker. */
  readonly error?: string;
}

/** A test as the specification's `SimpleTest` message has it, in JSON. */
export interface Original {
  readonly name?: string;
  readonly expr: string;
  readonly container?: string;
  readonly typeEnv?: readonly Declaration[];
  readonly bindings?: Readonly<Record<string, ExprValue>>;
  readonly disableCheck?: boolean;
  readonly checkOnly?: boolean;
  readonly value?: JsonValue;
  readonly typedResult?: { readonly result?: JsonValue; readonly deducedType?: JsonType };
  readonly evalError?: unknown;
}

/** What was off in the parser of cel-go when the data was made: optionals, quoted names, the macros of `cel.block`. */
const NOT_SWITCHED_ON = /unsupported syntax|cel\.iterVar/;

export const CASES: readonly Case[] = [parsing, checking, comprehension, conformance].flatMap((suite) =>
  flatten(suite),
);

function flatten(suite: SerializedIncrementalTestSuite, above = ''): Case[] {
  const path = `${above}${suite.name}`;
  const own = (suite.tests ?? []).map((test) => {
    const original: Original = test.original;
    return { ...test, original, path: `${path}/${original.name ?? original.expr}` };
  });
  return [...own, ...(suite.suites ?? []).flatMap((inner) => flatten(inner, `${path}/`))];
}

/** Whether what is told of the syntax is not told of the language but of an option. */
export function isAboutOptions({ error = '' }: Case): boolean {
  return NOT_SWITCHED_ON.test(error);
}

/** Where the first error is: `line:column`; `null` for one without a place. */
export function errorPlace({ error = '' }: Case): string | null {
  const [, line, column] = /^ERROR: [^:]*:(\d+):(\d+)/.exec(error) ?? [];
  return line === undefined ? null : `${line}:${Number(column)}`;
}
