import type { Constant, Entry, Expr, Fold } from '../../../policies/cel/syntax/ast.ts';
import { Uint } from '../../../policies/values/value.ts';
import { quoteBytes, quoteString } from './quote.ts';

/** What is written after a node: its kind, or its type. */
export type Adorn = (node: Expr | Entry<unknown>) => string;

/** The name that a checker found for a node; `null` when the node stays as it was written. */
export type Rename = (node: Expr) => string | null;

/** The debug text of a tree as cel-go writes it, which the data compares trees by. */
export function debugText(expr: Expr, adorn: Adorn, rename: Rename = () => null): string {
  return new Writer(adorn, rename).expr(expr, 0);
}

class Writer {
  readonly #adorn: Adorn;
  readonly #rename: Rename;

  constructor(adorn: Adorn, rename: Rename) {
    this.#adorn = adorn;
    this.#rename = rename;
  }

  expr(expr: Expr, indent: number): string {
    return this.#body(expr, indent) + this.#adorn(expr);
  }

  #body(expr: Expr, indent: number): string {
    switch (expr.kind) {
      case 'constant':
        return literal(expr.value);
      case 'name':
        return this.#rename(expr) ?? expr.name;
      case 'select':
        return (
          this.#rename(expr) ?? `${this.expr(expr.operand, indent)}.${expr.field}${expr.isTest ? '~test-only~' : ''}`
        );
      case 'call': {
        const target = expr.target === null ? '' : `${this.expr(expr.target, indent)}.`;
        return `${this.#rename(expr) ?? target + expr.name}${this.#block('(', ')', expr.args, indent, (arg, i) => this.expr(arg, i))}`;
      }
      case 'list':
        return this.#block('[', ']', expr.elements, indent, (element, i) => this.expr(element, i));
      case 'map':
        return this.#block('{', '}', expr.entries, indent, (entry, i) =>
          this.#entry(entry, this.expr(entry.key, i), i),
        );
      case 'message':
        return expr.name + this.#block('{', '}', expr.entries, indent, (entry, i) => this.#entry(entry, entry.key, i));
      case 'fold':
        return this.#fold(expr, indent);
    }
  }

  #entry(entry: Entry<unknown>, key: string, indent: number): string {
    return `${entry.isOptional ? '?' : ''}${key}:${this.expr(entry.value, indent)}${this.#adorn(entry)}`;
  }

  #block<T>(
    open: string,
    close: string,
    items: readonly T[],
    indent: number,
    write: (item: T, indent: number) => string,
  ): string {
    if (items.length === 0) return open + close;
    const lines = items.map((item) => newLine(indent + 1) + write(item, indent + 1));
    return `${open}${lines.join(',')}${newLine(indent)}${close}`;
  }

  #fold(fold: Fold, indent: number): string {
    const inner = indent + 1;
    const parts = [
      ['Variable', fold.item],
      ['Target', this.expr(fold.range, inner)],
      ['Accumulator', fold.accumulator],
      ['Init', this.expr(fold.initial, inner)],
      ['LoopCondition', this.expr(fold.condition, inner)],
      ['LoopStep', this.expr(fold.step, inner)],
      ['Result', this.expr(fold.result, inner)],
    ];
    const lines = parts.map(([title, text]) => `${newLine(inner)}// ${title}${newLine(inner)}${text}`);
    return `__comprehension__(${lines.join(',')})`;
  }
}

function newLine(indent: number): string {
  return `\n${'  '.repeat(indent)}`;
}

function literal(value: Constant['value']): string {
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Uint8Array) return quoteBytes(value);
  if (typeof value === 'string') return quoteString(value);
  return typeof value === 'number' ? double(value) : String(value);
}

/** Go switches to exponents where JavaScript does not, and writes two digits of them. */
function double(value: number): string {
  if (Math.abs(value) < 1e6) return Object.is(value, -0) ? '-0' : String(value);
  return value.toExponential().replace(/e\+(\d)$/, 'e+0$1');
}
