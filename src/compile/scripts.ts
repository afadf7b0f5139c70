import type { KeyPath, Service, ServicePlugin } from '../model/index.ts';
import type { Scripts } from '../plugins/script/host.ts';
import { type Problem, problem } from './problem.ts';

/** Where scripts are not known: nothing is said of those that Services list. */
export const UNKNOWN_SCRIPTS: Scripts = { find: () => ({ kind: 'unknown' }), orderOf: () => null };

/** Plugins act in the order written. Authors of scripts may say which order that has to be, and nobody is moved. */
export function misordered(list: readonly ServicePlugin[], path: KeyPath, scripts: Scripts): Problem[] {
  const placed = list.flatMap(({ script }, i) => {
    const order = script === undefined ? null : scripts.orderOf(script.name);
    return script === undefined || order === null ? [] : [{ name: script.name, order, i }];
  });
  return placed.flatMap(({ name, order, i }, at) => {
    const before = placed[at - 1];
    if (before === undefined || before.order <= order) return [];
    const message = `the script "${name}" has order ${order}, and "${before.name}" before it has ${before.order}`;
    return [problem([...path, i, 'script', 'name'], message, `put "${name}" before "${before.name}"`)];
  });
}

/** Whether what is compiled of a Service depends on scripts, or may do so: its rules may compute configs that list some. */
export function mayListScripts({ spec }: Service): boolean {
  const { configs = [], rules = [] } = spec.dynamicConfig ?? {};
  const lists = [spec.config?.http?.plugins ?? [], ...configs.map(({ http }) => http?.plugins ?? [])];
  return (
    rules.some(({ configName }) => configName === undefined) || lists.flat().some((one) => one.script !== undefined)
  );
}
