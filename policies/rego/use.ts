import type { Evaluation } from '../engine.ts';
import { freeMap } from '../input/plain.ts';
import type { RegoForm } from './compiler/compiler.ts';
import type { ModuleResult } from './module.ts';

/** What a policy in Rego is asked for, wherever it stands. */
export interface RegoUse {
  /** Another one for another use: what was asked for one is no answer for the other. */
  readonly name: 'condition' | 'config';
  /** What `inline` text must define. */
  readonly form: RegoForm;
  /** What the policy gave, `undefined` included. @param who gave it, for messages */
  evaluation(value: unknown, who: string): Evaluation;
}

const TRUE: Evaluation = { kind: 'value', value: true };
const FALSE: Evaluation = { kind: 'value', value: false };

/** A boolean. */
export const CONDITION: RegoUse = {
  name: 'condition',
  form: { package: 'octelium.condition', rule: 'match' },
  evaluation(value, who) {
    if (value === true) return TRUE;
    return value === false ? FALSE : { kind: 'error', message: `${who} does not give a boolean` };
  },
};

/** An object: the config of a request. */
export const CONFIG: RegoUse = {
  name: 'config',
  form: { package: 'octelium.eval', rule: 'result' },
  evaluation(value, who) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { kind: 'value', value: freeMap(value) };
    }
    return { kind: 'error', message: `${who} does not give an object` };
  },
};

/** Of a module that runs here. A condition that is undefined is false; a config is then missing. */
export function moduleEvaluation(use: RegoUse, result: ModuleResult, entrypoint: string): Evaluation {
  if (result.kind === 'error') return { kind: 'error', message: `rego: ${result.message}` };
  if (result.kind === 'value') return use.evaluation(result.value, `rego: ${entrypoint}`);
  return use === CONDITION ? FALSE : { kind: 'missing', message: `rego: ${entrypoint} is undefined` };
}
