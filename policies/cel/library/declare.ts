import type { Type } from '../types/type.ts';
import type { Overload, Run } from './overload.ts';

type More = Pick<Overload, 'isVolatile' | 'prepare'>;

/** One form of a function, `name(params)`. */
export function fn(
  id: string,
  name: string,
  params: readonly Type[],
  result: Type,
  run: Run,
  more: More = {},
): Overload {
  return { id, name, isMethod: false, params, result, run, ...more };
}

/** One form of a method, `params[0].name(params[1], …)`. */
export function method(
  id: string,
  name: string,
  params: readonly Type[],
  result: Type,
  run: Run,
  more: More = {},
): Overload {
  return { id, name, isMethod: true, params, result, run, ...more };
}
