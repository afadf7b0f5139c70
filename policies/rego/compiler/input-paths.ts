/** Names that lead from `input` to what a policy reads; none: everything. */
export type InputPath = readonly string[];

/** A node of OPA's syntax tree, as in `opa parse --format json`. */
export interface Term {
  readonly type: string;
  readonly value: unknown;
}

/**
 * Where the tree reads `input`. A reference counts up to its first part that is no constant text; `input` as a whole
 * reads everything.
 */
export function inputPathsOf(tree: unknown): readonly InputPath[] {
  const found = new Map<string, InputPath>();
  for (const term of termsOf(tree)) {
    const path = pathOf(term);
    if (path !== null) found.set(JSON.stringify(path), path);
  }
  return [...found.values()];
}

/** Every reference, and every variable that stands in none. */
export function* termsOf(tree: unknown): Generator<Term> {
  const open: unknown[] = [tree];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== 'object' || node === null) continue;
    if (isTerm(node)) yield node;
    open.push(...inner(node));
  }
}

/** What is inside; a variable at the head of a reference belongs to it, a call or a list there does not. */
function inner(node: object): readonly unknown[] {
  if (isReference(node)) return node.value[0]?.type === 'var' ? node.value.slice(1) : node.value;
  return Array.isArray(node) ? node : Object.values(node);
}

function isTerm(node: object): node is Term {
  return 'type' in node && 'value' in node && (node.type === 'ref' || node.type === 'var');
}

export function isReference(node: object): node is { readonly type: 'ref'; readonly value: readonly Term[] } {
  return 'type' in node && node.type === 'ref' && 'value' in node && Array.isArray(node.value);
}

function pathOf(term: Term): InputPath | null {
  if (!isReference(term)) return term.value === 'input' ? [] : null;
  const [head, ...rest] = term.value;
  if (head?.type !== 'var' || head.value !== 'input') return null;
  const end = rest.findIndex(({ type }) => type !== 'string');
  return (end < 0 ? rest : rest.slice(0, end)).map(({ value }) => String(value));
}
