import type { ExpressionProblem } from '../../engine.ts';
import { Failure } from '../../values/failure.ts';
import { compile } from '../cel.ts';
import { positionOf } from '../syntax/position.ts';
import { typeText } from '../types/text.ts';
import { environmentOf } from './environment.ts';
import { type Request, readRequest } from './request.ts';
import { typeOfValue } from './value-type.ts';
import { writeValue } from './write-value.ts';

/** Answers one line of a batch with one line; never throws. */
export function answerLine(line: string, time: number): string {
  const read = readRequest(line);
  if (!read.ok) return `{"id":${read.id},"error":${JSON.stringify(read.message)},"line":null,"column":null}`;
  return `{"id":${read.request.id},${answer(read.request, time)}}`;
}

function answer({ expr, container, bindings, check }: Request, time: number): string {
  const variables = new Map(Array.from(bindings, ([name, value]) => [name, typeOfValue(value)]));
  const compiled = compile(expr, environmentOf(container, variables), { check });
  if (!compiled.ok) return writeProblem(compiled.problems[0]!);
  const { expression } = compiled;
  const type = check ? `,"type":${JSON.stringify(typeText(expression.type))}` : '';
  const result = expression.run(bindings, time);
  if (!(result instanceof Failure)) return `"value":${writeValue(result)}${type}`;
  const place = positionOf(expr, Math.max(0, result.at));
  return `${writeProblem({ ...place, message: result.message, suggestion: null })}${type}`;
}

function writeProblem({ message, suggestion, line, column }: ExpressionProblem): string {
  const error = suggestion === null ? message : `${message} (${suggestion})`;
  return `"error":${JSON.stringify(error)},"line":${line},"column":${column}`;
}
