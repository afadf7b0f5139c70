import { isPromise } from '../../base/awaitable.ts';
import { AppError } from '../../base/errors.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { Outcome } from '../../gateway/outcome.ts';
import type { PluginType } from '../../gateway/plugin.ts';
import { type RequestBytes, requestBytes } from '../../gateway/request-body.ts';
import type { PluginDeps } from '../deps.ts';
import { compileRefusal } from '../direct/refusal.ts';
import { bodyProblem } from './body-problem.ts';
import { DEFAULT_MAX_SIZE, type JsonSchemaRules } from './schema.ts';
import { SchemaCompiler } from './validator/compile.ts';
import type { Check } from './validator/run.ts';

/** Levels of a schema. */
const MOST_NESTED = 100;

/** Lets bodies through that are JSON and as a schema says. It reads them, whether or not the Service buffers. */
export const plugin: PluginType<JsonSchemaRules, PluginDeps> = {
  create: (config) => {
    const check = compileSchema(config.inline);
    const refused = compileRefusal(config, 'bad-body');
    const judge = (x: Exchange, reading: RequestBytes): Outcome | null => {
      if (reading.kind === 'refusal') return reading;
      const problem = bodyProblem(x, reading.bytes, check);
      return problem === null ? null : refused(problem);
    };
    return {
      onAuthorized: (x) => {
        // what flows in a tunnel is no body
        if (x.request.upgrade !== null) return null;
        if (x.grpc !== null) return refused('messages of gRPC are not JSON');
        const reading = requestBytes(x, config.maxSize ?? DEFAULT_MAX_SIZE);
        return isPromise(reading) ? reading.then((read) => judge(x, read)) : judge(x, reading);
      },
    };
  },
};

function compileSchema(text: string): Check {
  const schema = parseStrictJson(Buffer.from(text), MOST_NESTED);
  if (schema.kind === 'ambiguous')
    throw new AppError('invalid', 'inline: an object of the schema has the same key twice');
  if (schema.kind !== 'value') throw new AppError('invalid', 'inline: the schema is not JSON');
  return new SchemaCompiler(schema.value).at('');
}
