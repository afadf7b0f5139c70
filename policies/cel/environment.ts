import { type CelEnv, type CelFunc, type CelMap, celEnv, celMap } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { budgetFunction } from './budget.ts';
import { contextFunction } from './context.ts';
import { JSON_FUNCTIONS } from './functions/json.ts';
import { LIST_FUNCTIONS } from './functions/list.ts';
import { NET_FUNCTIONS } from './functions/net.ts';
import { TEXT_FUNCTIONS } from './functions/text.ts';
import { timeFunctions } from './functions/time.ts';
import { re2 } from './regex.ts';

/** What functions may know of the evaluation that is running. Evaluation is synchronous: there is only ever one. */
export interface Running {
  /** Milliseconds since 1970. */
  time: number;
  /** Steps of comprehensions that are left. */
  steps: number;
  ctx: CelMap;
}

export interface Environment {
  readonly env: CelEnv;
  readonly running: Running;
  /** Every function that an expression may call, by name. */
  readonly functions: ReadonlyMap<string, readonly CelFunc[]>;
}

export function createEnvironment(): Environment {
  const running: Running = { time: 0, steps: 0, ctx: celMap(new Map()) };
  const env = celEnv({
    funcs: [
      ...strings,
      ...TEXT_FUNCTIONS,
      ...NET_FUNCTIONS,
      ...timeFunctions(() => running.time),
      ...JSON_FUNCTIONS,
      ...LIST_FUNCTIONS,
      budgetFunction(running),
      contextFunction(running),
    ],
    re2: { compile: re2 },
  });
  return { env, running, functions: byName(env.funcs) };
}

function byName(functions: Iterable<CelFunc>): Map<string, CelFunc[]> {
  const found = new Map<string, CelFunc[]>();
  for (const fn of functions) found.set(fn.name, [...(found.get(fn.name) ?? []), fn]);
  return found;
}
