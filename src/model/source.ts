import type { Place } from '../base/diagnostic.ts';
import type { Kind, Resource, ResourceOf } from './kinds.ts';

/** Keys and positions from the document's root, such as `['spec', 'rules', 0]`. */
export type KeyPath = readonly (string | number)[];

/** The text that a resource was read from. */
export interface Source {
  readonly file: string;
  /** Where the value at `path` stands; the nearest thing around it when it is not written in the text. */
  locate(path: KeyPath): Place;
  /** Where the key at `path` stands. */
  locateKey(path: KeyPath): Place;
  /**
   * Where a line and column (from 1, in characters) inside the text at `path` stand in the file; the beginning of
   * the text when that cannot be told.
   */
  locateInText(path: KeyPath, line: number, column: number): Place;
}

export interface SourcedResource {
  readonly resource: Resource;
  readonly source: Source;
}

/** A sourced resource of one kind. */
export type Sourced<K extends Kind> = SourcedResource & { readonly resource: ResourceOf<K> };

/**
 * A resource that could not be accepted. A Service keeps what says where it answers, as far as that is sound, so
 * that it still matches there and refuses, and no broader Service answers in its place.
 */
export interface BrokenResource {
  readonly kind: Kind;
  readonly name: string;
  /** For a Service: its sound parts and an empty config; `null` for other kinds. */
  readonly resource: Resource | null;
  /** The first error, for the log and the status. */
  readonly because: string;
  readonly source: Source;
}

const STAND_IN_NAME = 'unnamed-at-line-';

/** What a resource is called whose name cannot be read. */
export function standInName(line: number): string {
  return `${STAND_IN_NAME}${line}`;
}

export function isStandInName(name: string): boolean {
  return name.startsWith(STAND_IN_NAME);
}

/** The source of a resource that has no text: everything stands at its beginning. */
export function plainSource(file: string): Source {
  const place: Place = { file, line: 1, column: 1 };
  return { file, locate: () => place, locateKey: () => place, locateInText: () => place };
}

export const builtInSource: Source = plainSource('built in');
