/** Leads from the spec of the Policy. */
export type Path = readonly (string | number)[];

/** What is no mistake and probably not meant. */
export interface Advice {
  readonly path: Path;
  readonly message: string;
  readonly suggestion: string | null;
  /** In the text at `path`, both from 1; `null`: the whole value is meant. */
  readonly inText: { readonly line: number; readonly column: number } | null;
}

export function adviceAt(path: Path, message: string, suggestion: string | null): Advice {
  return { path, message, suggestion, inText: null };
}
