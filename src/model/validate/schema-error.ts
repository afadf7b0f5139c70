import type { KeyPath } from '../source.ts';
import type { SchemaNode } from './schema-node.ts';

/** An error of the schema library, with what is needed to say it well. */
export interface SchemaError {
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly path: KeyPath;
  readonly value: unknown;
  readonly root: SchemaNode;
  /** The schemas from the root to `path`; one fewer than that for an unknown key. */
  readonly schemas: readonly SchemaNode[];
  readonly secret: boolean;
}
