import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type Scalar,
  visit,
} from 'yaml';
import type { Place } from '../base/diagnostic.ts';
import type { KeyPath, Source } from '../model/index.ts';
import { offsetInScalar } from './yaml-text.ts';

export interface SourceText {
  readonly document: Document.Parsed;
  readonly text: string;
  readonly file: string;
  readonly lines: LineCounter;
}

/** Where the parts of a YAML document stand. */
export function sourceOf(from: SourceText): Source {
  const place = (offset: number): Place => {
    const { line, col } = from.lines.linePos(offset);
    return { file: from.file, line, column: col };
  };
  const root = from.document.contents as Node | null;
  return {
    file: from.file,
    locate: (path) => place(valueOffset(from.document, root, path)),
    locateKey: (path) => place(keyOffset(from.document, root, path)),
    locateInText: (path, line, column) => place(textOffset(from, root, path, line, column)),
  };
}

function valueOffset(document: Document, root: Node | null, path: KeyPath): number {
  return start(nearest(document, root, path));
}

function keyOffset(document: Document, root: Node | null, path: KeyPath): number {
  const holder = nodeAt(document, root, path.slice(0, -1));
  const key = path[path.length - 1];
  const pair = typeof key === 'string' ? pairOf(holder, key) : null;
  return pair === null ? valueOffset(document, root, path) : start(pair.key as Node);
}

function textOffset(from: SourceText, root: Node | null, path: KeyPath, line: number, column: number): number {
  const node = nodeAt(from.document, root, path);
  const exact = isScalar(node) ? offsetInScalar(node as Scalar.Parsed, from.text, line, column) : null;
  return exact ?? valueOffset(from.document, root, path);
}

/** The node at a path, else the innermost one around it. */
function nearest(document: Document, root: Node | null, path: KeyPath): Node | null {
  for (let length = path.length; length > 0; length--) {
    const node = nodeAt(document, root, path.slice(0, length));
    if (node !== null) return node;
    const key = keyNode(document, root, path.slice(0, length));
    if (key !== null) return key;
  }
  return root;
}

/** A key without a value has no value node, so its key stands for it. */
function keyNode(document: Document, root: Node | null, path: KeyPath): Node | null {
  const key = path[path.length - 1];
  return typeof key === 'string'
    ? ((pairOf(nodeAt(document, root, path.slice(0, -1)), key)?.key as Node) ?? null)
    : null;
}

function nodeAt(document: Document, root: Node | null, path: KeyPath): Node | null {
  let node = root;
  for (const key of path) {
    const inner =
      typeof key === 'number' ? itemOf(node, key) : ((pairOf(node, key)?.value as Node | undefined) ?? null);
    node = isAlias(inner) ? (inner.resolve(document) ?? null) : inner;
    if (node === null) return null;
  }
  return node;
}

function itemOf(node: Node | null, index: number): Node | null {
  return isSeq(node) ? ((node.items[index] as Node | undefined) ?? null) : null;
}

/** The last one, as when the value was read. */
function pairOf(node: Node | null, key: string): Pair | null {
  if (!isMap(node)) return null;
  return node.items.findLast((pair) => isScalar(pair.key) && String(pair.key.value) === key) ?? null;
}

function start(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}

export interface RepeatedKey {
  readonly path: KeyPath;
  readonly offset: number;
  /** Of the first key with this name in the same mapping. */
  readonly firstOffset: number;
}

/** Keys that a mapping has had already. In one pass: the parser's own check compares each key with each other. */
export function repeatedKeys(document: Document): RepeatedKey[] {
  const found: RepeatedKey[] = [];
  visit(document, {
    Map(_, map, ancestors) {
      const repeated = repeatedIn(map.items);
      if (repeated.length === 0) return;
      const path = pathOf([...ancestors, map]);
      for (const { name, ...offsets } of repeated) found.push({ path: [...path, name], ...offsets });
    },
  });
  return found;
}

function repeatedIn(items: readonly Pair[]) {
  const first = new Map<unknown, number>();
  return items.flatMap(({ key }) => {
    if (!isScalar(key)) return [];
    const offset = start(key as Node);
    const firstOffset = first.get(key.value);
    if (firstOffset !== undefined && key.value !== '<<') return [{ name: String(key.value), offset, firstOffset }];
    first.set(key.value, offset);
    return [];
  });
}

/** The keys and positions that lead through a chain of nodes. */
function pathOf(ancestors: readonly (Document | Node | Pair)[]): KeyPath {
  return ancestors.flatMap((node, i): (string | number)[] => {
    if (isPair(node)) return [isScalar(node.key) ? String(node.key.value) : ''];
    const inner = ancestors[i + 1];
    return isSeq(node) && inner !== undefined ? [node.items.indexOf(inner as Node)] : [];
  });
}
