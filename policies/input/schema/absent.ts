import type { Kind } from '../../../src/model/kinds.ts';
import { absent, type Field, type Form, type ObjectForm, object } from './field.ts';

/** Words of Octelium that no resource of ours has yet, by the path in their kind. Asking `has(…)` is no mistake. */
const WORDS: Partial<Readonly<Record<Kind, Readonly<Record<string, readonly string[]>>>>> = {
  Session: {
    status: ['deviceRef', 'isLocked', 'requiredAuthenticatorRef', 'isConnected', 'connection'],
    'status.authentication': ['tokenID', 'accessTokenDuration', 'refreshTokenDuration'],
    'status.authentication.info': ['geoip'],
    'status.authentication.info.authenticator': ['info'],
    'status.authentication.info.downstream': ['clientVersion'],
  },
};

const DOC = 'Known from Octelium; no resource has it yet.';

export function addAbsent(kind: Kind, form: ObjectForm): ObjectForm {
  return Object.entries(WORDS[kind] ?? {}).reduce(
    (whole, [path, names]) =>
      addAt(whole, path.split('.'), Object.fromEntries(names.map((name) => [name, absent(DOC)]))),
    form,
  );
}

/** Fields of the model go before words of this table. */
function addAt(
  form: ObjectForm,
  [name, ...rest]: readonly string[],
  more: Readonly<Record<string, Field>>,
): ObjectForm {
  if (name === undefined) return object({ ...form.fields, ...more, ...form.fields });
  const inner = form.fields[name];
  if (inner === undefined || !isObject(inner.form)) return form;
  return object({ ...form.fields, [name]: { ...inner, form: addAt(inner.form, rest, more) } });
}

function isObject(form: Form): form is ObjectForm {
  return form.kind === 'object';
}
