import type { ExpressionProblem } from '../engine.ts';

/** Positions inside the text of an expression. */
export class Source {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  problem(offset: number, message: string, suggestion: string | null = null): ExpressionProblem {
    const before = this.text.slice(0, offset);
    const lineStart = before.lastIndexOf('\n') + 1;
    const line = before.split('\n').length;
    return { line, column: offset - lineStart + 1, message, suggestion };
  }

  /** The offset of the name after a dot; the offset itself where there is no dot. */
  afterDot(offset: number): number {
    if (this.text[offset] !== '.') return offset;
    const space = /^\.\s*/.exec(this.text.slice(offset, offset + 100));
    return offset + (space?.[0].length ?? 1);
  }
}
