import { AppError } from '../../base/errors.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { HostHeader } from '../../model/service/headers.ts';
import type { KeyPath } from '../../model/source.ts';
import type { PluginDeps } from '../deps.ts';
import { sourceOf } from '../expression.ts';
import { evaluatedValue, fixedValue, type ValueSource } from './value.ts';

/** Host name or address with an optional port. The expression is linear: one class, one optional tail. */
const AUTHORITY = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** The Host that the upstream sees; `null`: its own. `path` leads to the rule. @throws AppError `invalid` */
export function compileHost(rule: HostHeader, path: KeyPath, deps: PluginDeps): ValueSource | null {
  const { preserve, value } = rule;
  if (value !== undefined) return fixedHost(value);
  const evaluated = evaluatedValue(rule, path, deps);
  if (evaluated !== null) return checkedHost(evaluated, sourceOf(rule));
  return preserve === true ? (x) => x.request.authority : null;
}

function fixedHost(value: string): ValueSource {
  if (!AUTHORITY.test(value)) throw new AppError('invalid', `"${value}" is not a host`);
  return fixedValue(value);
}

function checkedHost(evaluate: ValueSource, source: string): ValueSource {
  return (x: Exchange) => {
    const host = evaluate(x);
    if (host === null || AUTHORITY.test(host)) return host;
    throw new AppError('refused', `the host expression ${source} gave something that is not a host`);
  };
}
