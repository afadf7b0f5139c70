import { type Secret, secretData } from '../secret.ts';
import { problem } from '../validate/problem.ts';
import type { ResourceCheck } from './checker.ts';

/** What `get` prints of a Secret has no value; applied again, it keeps the value that is sealed. */
export const checkSecret: ResourceCheck<Secret> = (secret, all) => {
  const { name, uid } = secret.metadata;
  const isStored = uid !== undefined || all.options.secrets?.(name) === true; // text never brings a uid
  if (secretData(secret) !== null || isStored) return [];
  return [
    problem([], '"data" is missing', {
      suggestion: `data: {value: …}, or: ostiary create secret ${name}`,
    }),
  ];
};
