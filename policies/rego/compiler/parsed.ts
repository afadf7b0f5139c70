import { type InputPath, inputPathsOf, isReference, type Term, termsOf } from './input-paths.ts';

/** Counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

const START: Place = { line: 1, column: 1 };

interface Located {
  readonly location?: { readonly row?: number; readonly col?: number };
}

interface Tree {
  readonly package?: Located & { readonly path?: readonly (Term & Located)[] };
  readonly rules?: readonly { readonly head?: { readonly name?: string; readonly ref?: readonly Term[] } }[];
}

/** @param text what `opa parse --format json` prints; `null`: no module */
export function parseRego(text: string): ParsedRego | null {
  const tree: unknown = JSON.parse(text);
  return typeof tree === 'object' && tree !== null && 'package' in tree ? new ParsedRego(tree as Tree) : null;
}

/** The syntax tree of a Rego module. */
export class ParsedRego {
  readonly #tree: Tree;

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  package(): { readonly name: string; readonly place: Place } {
    const [, ...parts] = this.#tree.package?.path ?? [];
    return { name: parts.map(({ value }) => String(value)).join('.'), place: placeOf(this.#tree.package) };
  }

  rules(): ReadonlySet<string> {
    return new Set((this.#tree.rules ?? []).map(({ head }) => head?.name ?? String(head?.ref?.[0]?.value)));
  }

  inputPaths(): readonly InputPath[] {
    return inputPathsOf(this.#tree);
  }

  /** Where a function such as `http.send` is used first. */
  placeOf(name: string): Place | null {
    const found = [...termsOf(this.#tree)].filter((term) => isReference(term) && nameOf(term.value) === name);
    const places = found.map((term) => placeOf(term as Located));
    return places.sort((a, b) => a.line - b.line || a.column - b.column)[0] ?? null;
  }
}

function nameOf(parts: readonly Term[]): string {
  return parts.map(({ value }) => String(value)).join('.');
}

function placeOf(node: Located | undefined): Place {
  const { row, col } = node?.location ?? {};
  return row === undefined || col === undefined ? START : { line: row, column: col };
}
