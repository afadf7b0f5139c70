import { createCelEngine } from '../../../policies/cel/engine.ts';
import { PLAIN_CONTEXT } from './expressions.ts';
import { newInput } from './input.ts';

/** Prepares an expression; what it gives evaluates it once. */
export type Prepare = (source: string) => () => unknown;

export type EngineName = 'own' | '@bufbuild/cel' | '@marcbachmann/cel-js';

/** `null`: the engine is not installed. */
export const ENGINES: Readonly<Record<EngineName, () => Promise<Prepare | null>>> = {
  own: async () => own,
  '@bufbuild/cel': async () => {
    const { celEnv, parse, plan } = await import('@bufbuild/cel');
    const environment = celEnv();
    return (source) => {
      const run = plan(environment, parse(source));
      return () => run({ ctx: PLAIN_CONTEXT });
    };
  },
  '@marcbachmann/cel-js': async () => {
    const loaded = await imported<CelJs>('@marcbachmann/cel-js');
    if (loaded === null) return null;
    return (source) => {
      const run = new loaded.Environment({ unlistedVariablesAreDyn: true }).parse(source);
      return () => run({ ctx: PLAIN_CONTEXT });
    };
  },
};

interface CelJs {
  readonly Environment: new (options: object) => { parse(source: string): (context: object) => unknown };
}

async function imported<M>(name: string): Promise<M | null> {
  try {
    return (await import(name)) as M;
  } catch {
    return null;
  }
}

function own(source: string): () => unknown {
  const compiled = createCelEngine().compile(source);
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join(', '));
  const { program } = compiled;
  // evaluated again and again, outside of a decision
  const input = { ...newInput(), budget: null };
  return () => {
    const result = program.evaluate(input);
    return result.kind === 'value' ? result.value : result;
  };
}
