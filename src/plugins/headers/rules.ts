import { AppError } from '../../base/errors.ts';
import type { HeaderList } from '../../base/header-list.ts';
import { isHopByHop, isToken } from '../../base/header-text.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { AddHeader } from '../../model/service/headers.ts';
import type { KeyPath } from '../../model/source.ts';
import type { PluginDeps } from '../deps.ts';
import { evaluatedValue, fixedValue, type ValueSource } from './value.ts';

/** Changes a list of fields for one exchange. */
export type HeaderEdit = (headers: HeaderList, x: Exchange) => void;

/** Written anew for each connection; a rule about them would have no effect, or break the framing. */
const GENERATED: Readonly<Record<string, string>> = {
  host: 'use http.header.host instead',
  'content-length': 'it is made from the body',
};

/** What is added and removed, with the key of the list of what is added. */
export interface EditRules {
  readonly key: string;
  readonly added: readonly AddHeader[] | undefined;
  readonly removed: readonly string[] | undefined;
}

/**
 * First everything that is added, in its order, then everything that is removed. `null` when there is nothing to do.
 * @throws AppError `invalid` on a name or value that cannot stand in a head.
 */
export function compileEdit({ key, added = [], removed = [] }: EditRules, deps: PluginDeps): HeaderEdit | null {
  if (added.length === 0 && removed.length === 0) return null;
  const additions = added.map((rule, i) => compileAddition(rule, [key, i], deps));
  const removals = removed.map(fieldName);
  return (headers, x) => {
    for (const add of additions) add(headers, x);
    for (const name of removals) headers.delete(name);
  };
}

function compileAddition(rule: AddHeader, path: KeyPath, deps: PluginDeps): HeaderEdit {
  const name = fieldName(rule.key);
  const source = valueSource(rule, path, deps);
  return rule.append === true ? appending(name, source) : replacing(name, source);
}

/** Replaced by nothing: what is there may be the client's claim to be the user that is missing. */
export function replacing(name: string, source: ValueSource): HeaderEdit {
  return (headers, x) => {
    const value = source(x);
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  };
}

export function appending(name: string, source: ValueSource): HeaderEdit {
  return (headers, x) => {
    const value = source(x);
    if (value !== null) headers.append(name, value);
  };
}

/** @throws AppError `invalid` unless the rule has exactly one of value and expression; `path` leads to the rule. */
export function valueSource(rule: Omit<AddHeader, 'append'>, path: KeyPath, deps: PluginDeps): ValueSource {
  const { key, value } = rule;
  const evaluated = evaluatedValue(rule, path, deps);
  if (evaluated !== null && value === undefined) return evaluated;
  if (evaluated === null && value !== undefined) return fixedValue(value);
  throw new AppError('invalid', `the header rule "${key}" must have one of value, eval and liquid`);
}

/** In lower case. @throws AppError `invalid` on a name that cannot stand in a head, or that we write ourselves. */
export function fieldName(text: string): string {
  const name = text.toLowerCase();
  if (!isToken(name)) throw new AppError('invalid', `"${text}" is not a header name`);
  if (isHopByHop(name)) throw new AppError('invalid', `"${text}" belongs to a connection and cannot be set or removed`);
  const generated = GENERATED[name];
  if (generated !== undefined) throw new AppError('invalid', `"${text}" cannot be set or removed: ${generated}`);
  return name;
}
