import type { Field } from '../../policies/input/schema/field.ts';
import { findField } from '../../policies/input/schema/find.ts';
import { fieldJsonSchema } from '../../policies/input/schema/json-schema.ts';
import { fieldText } from '../../policies/input/schema/text.ts';
import { AppError } from '../base/errors.ts';
import { type Command, text } from '../cli/command.ts';
import { jsonSchema } from '../model/index.ts';
import { policyTestSchema } from './policy-test/json-schema.ts';

export const schemaCommand: Command = {
  name: 'schema',
  usage: '',
  summary: 'Print the JSON Schema of all resources, for editors.',
  options: {},
  run: async ({ positionals: [name], io }) => {
    if (name !== undefined)
      throw new AppError('usage', `there is no schema "${name}", one of: ctx, PolicyTest, or none`);
    io.out(toJson(jsonSchema()));
    return 0;
  },
};

export const policyTestSchemaCommand: Command = {
  name: 'schema PolicyTest',
  usage: '',
  summary: 'Print the JSON Schema of policy tests, for editors.',
  options: {},
  run: async ({ io }) => {
    io.out(toJson(policyTestSchema()));
    return 0;
  },
};

export const contextSchemaCommand: Command = {
  name: 'schema ctx',
  usage: '[PATH] [-o text|json]',
  summary: 'Show what conditions see, or what is below a path such as ctx.request.http; as JSON Schema all of it.',
  options: { output: { type: 'string', short: 'o' } },
  run: async ({ positionals: [path = 'ctx', ...more], options, io }) => {
    if (more.length > 0) throw new AppError('usage', 'give one path');
    const format = text(options, 'output') ?? 'text';
    if (format !== 'text' && format !== 'json') {
      throw new AppError('usage', `unknown format "${format}", one of: text, json`);
    }
    const field = fieldAt(path);
    io.out(format === 'json' ? toJson(fieldJsonSchema(field, path)) : fieldText(field, path));
    return 0;
  },
};

function fieldAt(path: string): Field {
  const found = findField(path);
  if (found.ok) return found.field;
  const also = found.suggestion === null ? '' : ` (${found.suggestion})`;
  throw new AppError('not-found', `${found.message}${also}`);
}

function toJson(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
