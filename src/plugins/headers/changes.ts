import { AppError } from '../../base/errors.ts';
import type { Plugin, PluginType } from '../../gateway/plugin.ts';
import type { KeyPath } from '../../model/source.ts';
import type { PluginDeps } from '../deps.ts';
import { refuseIdentityField, refuseIdentityName } from './identity-names.ts';
import { appending, fieldName, type HeaderEdit, replacing, valueSource } from './rules.ts';
import type { HeaderChange, HeaderChanges, HeaderOperation } from './schema.ts';
import type { ValueSource } from './value.ts';

/** Changes header fields towards the upstream and towards the client, one change after the other. */
export const plugin: PluginType<HeaderChanges, PluginDeps> = {
  create: ({ request = [], response = [] }, deps): Plugin => {
    const outward = request.map((change, i) => guarded(change, compileChange(change, ['request', i], deps)));
    const back = response.map((change, i) => compileChange(change, ['response', i], deps));
    return {
      ...(outward.length > 0 && {
        onAuthorized: (x) => {
          for (const change of outward) change(x.outgoing!.headers, x);
          return null;
        },
      }),
      ...(back.length > 0 && {
        onResponse: (x) => {
          for (const change of back) change(x.response!.headers, x);
        },
      }),
    };
  },
};

type Compile = (name: string, source: ValueSource) => HeaderEdit;

const OPERATIONS: Readonly<Record<Exclude<HeaderOperation, 'REMOVE'>, Compile>> = {
  SET: replacing,
  ADD: (name, source) => where(false, name, appending(name, source)),
  APPEND: appending,
  APPEND_IF_PRESENT: (name, source) => where(true, name, appending(name, source)),
};

function where(present: boolean, name: string, edit: HeaderEdit): HeaderEdit {
  return (headers, x) => {
    if (headers.has(name) === present) edit(headers, x);
  };
}

function compileChange(change: HeaderChange, path: KeyPath, deps: PluginDeps): HeaderEdit {
  const { op, key, value, eval: source, liquid } = change;
  const name = fieldName(key);
  refuseIdentityName(name, op !== 'REMOVE');
  if (op !== 'REMOVE') return OPERATIONS[op](name, valueSource(change, path, deps));
  if ((value ?? source ?? liquid) !== undefined) throw new AppError('invalid', `REMOVE of "${key}" has no value`);
  return (headers) => headers.delete(name);
}

function guarded({ key, op }: HeaderChange, edit: HeaderEdit): HeaderEdit {
  if (op === 'REMOVE') return edit;
  const name = key.toLowerCase();
  return (headers, x) => {
    refuseIdentityField(x, name);
    edit(headers, x);
  };
}
