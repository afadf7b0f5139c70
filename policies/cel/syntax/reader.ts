import type { Limits } from '../environment.ts';
import type { Call, Expr } from './ast.ts';
import { Builder, tooDeep } from './builder.ts';
import { readToken } from './lexer.ts';
import type { MacroTable } from './macros/macro.ts';
import { mistake } from './mistakes.ts';
import type { Problem } from './problem.ts';
import { isSymbol, type Token } from './token.ts';

type ReadExpression = (reader: Reader) => Expr | null;

/** The tokens of a source, one ahead, and what has been made of them. After a problem everything gives `null`. */
export class Reader {
  readonly source: string;
  readonly build: Builder;
  readonly macros: MacroTable;
  readonly macroCalls = new Map<number, Call>();
  readonly #limits: Limits;
  readonly #readExpression: ReadExpression;
  #token: Token;
  #previous: Token | null = null;
  #problem: Problem | null = null;
  #depth = 0;

  constructor(source: string, limits: Limits, macros: MacroTable, readExpression: ReadExpression) {
    this.source = source;
    this.build = new Builder(limits);
    this.macros = macros;
    this.#limits = limits;
    this.#readExpression = readExpression;
    this.#token = readToken(source, 0);
  }

  get token(): Token {
    return this.#token;
  }

  get problem(): Problem | null {
    return this.build.problem ?? this.#problem;
  }

  /** Where the last token that was taken ends. */
  get end(): number {
    return this.#previous?.end ?? 0;
  }

  /** An expression inside another. */
  expression(): Expr | null {
    if (this.#depth >= this.#limits.depth) return this.fail(tooDeep(this.#token.start));
    this.#depth++;
    const expr = this.#readExpression(this);
    this.#depth--;
    return expr;
  }

  take(): Token {
    const token = this.#token;
    this.#previous = token;
    this.#token = this.build.problem === null ? readToken(this.source, token.end) : this.#nothing();
    return token;
  }

  /** The token after the next. */
  peek(): Token {
    return readToken(this.source, this.#token.end);
  }

  sees(symbol: string): boolean {
    return isSymbol(this.#token, symbol);
  }

  /** Takes the symbol when it is next. */
  takes(symbol: string): boolean {
    const isNext = this.sees(symbol);
    if (isNext) this.take();
    return isNext;
  }

  /** Over a limit: the rest of the source is not looked at. */
  #nothing(): Token {
    return { kind: 'end', start: this.source.length, end: this.source.length };
  }

  /** `false`, and a problem, when the symbol is not next. */
  expects(symbol: string): boolean {
    if (this.takes(symbol)) return true;
    this.unexpected(symbol);
    return false;
  }

  /** The next token may not stand here. */
  unexpected(wanted: string | null = null): null {
    return this.fail(mistake(this.source, this.#token, this.#previous, wanted));
  }

  /** Keeps the first problem. */
  fail(problem: Problem): null {
    this.#problem ??= problem;
    return null;
  }
}
