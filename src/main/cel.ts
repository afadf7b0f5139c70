import { readFile } from 'node:fs/promises';
import { AppError, fileProblem, messageOf } from '../base/errors.ts';
import { type CelTool, celCommand as commandOf } from '../cli/commands/cel.ts';

/** Offline: the engine is loaded when the command runs, and nothing else of the gateway. */
export const celCommand = commandOf({ load, readData });

async function load(): Promise<CelTool> {
  const [{ answerLine }, { evaluate }] = await Promise.all([
    import('../../policies/cel/tool/batch.ts'),
    import('../../policies/cel/tool/evaluate.ts'),
  ]);
  return {
    answerLine: (line) => answerLine(line, Date.now()),
    evaluate: (source, context) => evaluate(source, context, Date.now()),
  };
}

async function readData(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw new AppError('invalid', `${path} cannot be read: ${fileProblem(thrown)}`, { cause: thrown });
  });
  const { parse } = await import('yaml');
  try {
    return parse(text, { intAsBigInt: false, maxAliasCount: 100 });
  } catch (thrown) {
    throw new AppError('invalid', `${path}: ${messageOf(thrown)}`, { cause: thrown });
  }
}
