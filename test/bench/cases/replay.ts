import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { least } from '../figure.ts';
import { outputOf } from '../processes.ts';
import { logLines } from '../replay/log.ts';
import { resources } from '../replay/resources.ts';
import { type Case, scaled } from './case.ts';

const LINES = 500_000;
const SCRIPT = join(import.meta.dirname, '../replay/measure-process.ts');

/** `policy replay` of a log, by the CPU that it takes from its start to its report: ten rules, fifty users. */
export const replay: Case = {
  name: 'replay',
  run: async (bench) => {
    mkdirSync(bench.directory, { recursive: true });
    const [log, file] = ['access.log', 'resources.yaml'].map((name) => join(bench.directory, name)) as [string, string];
    const lines = scaled(bench, LINES);
    writeFileSync(log, `${logLines(lines).join('\n')}\n`);
    writeFileSync(file, resources());
    bench.say('replay');
    const text = await outputOf(process.execPath, [SCRIPT, log, file]);
    const { decided, seconds } = JSON.parse(text) as { readonly decided: number; readonly seconds: number };
    if (decided !== lines) throw new Error(`${decided} of ${lines} lines were decided`);
    const target = bench.options.scale < 1 ? null : least(50_000);
    return [{ case: 'replay', name: 'decisions', value: decided / seconds, unit: 'decisions/s', target }];
  },
};
