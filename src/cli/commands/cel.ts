import { AppError } from '../../base/errors.ts';
import { type Command, flag, type Invocation, text } from '../command.ts';
import { linesOf } from '../lines.ts';

/** The engine of expressions, as this command needs it; `main` supplies it when it is asked for. */
export interface CelTool {
  /** Answers one line of a batch with one line. */
  readonly answerLine: (line: string) => string;
  /** Checks and evaluates an expression; `context` is the plain data of a `--ctx` file. */
  readonly evaluate: (source: string, context: unknown) => CelAnswer;
}

export type CelAnswer =
  /** The value as an expression would write it, and in the typed JSON form. */
  | { readonly ok: true; readonly text: string; readonly json: string }
  | { readonly ok: false; readonly problems: readonly CelProblem[] };

interface CelProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly suggestion: string | null;
}

export interface CelDeps {
  readonly load: () => Promise<CelTool>;
  /** Plain data of a YAML or JSON file. */
  readonly readData: (path: string) => Promise<unknown>;
}

export function celCommand(deps: CelDeps): Command {
  return {
    name: 'cel',
    usage: 'EXPR [--ctx FILE] [-o text|json] | --batch',
    summary: 'Evaluate an expression, or with --batch one on each line of standard input.',
    options: {
      ctx: { type: 'string' },
      batch: { type: 'boolean' },
      output: { type: 'string', short: 'o' },
    },
    run: async (invocation) =>
      flag(invocation.options, 'batch') ? runBatch(deps, invocation) : evaluateOne(deps, invocation),
  };
}

async function runBatch({ load }: CelDeps, { positionals, options, io }: Invocation): Promise<number> {
  if (positionals.length > 0 || text(options, 'ctx') !== null) {
    throw new AppError('usage', '--batch reads expressions and their bindings from standard input, and nothing else');
  }
  const { answerLine } = await load();
  for await (const lines of linesOf(io.stdin())) {
    const answers = lines.filter((line) => line.trim() !== '').map((line) => `${answerLine(line)}\n`);
    await io.write(answers.join(''));
  }
  return 0;
}

async function evaluateOne({ load, readData }: CelDeps, { positionals, options, io }: Invocation): Promise<number> {
  const [source] = positionals;
  if (source === undefined || positionals.length > 1) {
    throw new AppError('usage', 'give one expression, in quotes of the shell');
  }
  const isJson = wantsJson(text(options, 'output') ?? 'text');
  const file = text(options, 'ctx');
  const context = file === null ? undefined : await readData(file);
  const answer = (await load()).evaluate(source, context);
  if (answer.ok) io.out(`${isJson ? answer.json : answer.text}\n`);
  else io.err(answer.problems.map((problem) => showProblem(source, problem)).join(''));
  return answer.ok ? 0 : 1;
}

function wantsJson(format: string): boolean {
  if (format === 'json' || format === 'text') return format === 'json';
  throw new AppError('usage', `unknown format "${format}", one of: text, json`);
}

/** The line that it is in, with a mark below the place. */
function showProblem(source: string, { line, column, message, suggestion }: CelProblem): string {
  const also = suggestion === null ? '' : ` (${suggestion})`;
  const excerpt = source.split('\n')[line - 1] ?? '';
  const before = [...excerpt].slice(0, column - 1).join('');
  return `ostiary: ${line}:${column}: ${message}${also}\n  ${excerpt}\n  ${before.replaceAll(/[^\t]/gu, ' ')}^\n`;
}
