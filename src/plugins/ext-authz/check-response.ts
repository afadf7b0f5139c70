import { maySet, maySetTo } from '../authorization/fields.ts';
import { changeOf, type FieldChange } from '../envoy/field-changes.ts';
import { Message } from '../envoy/wire.ts';

export type CheckAnswer =
  | {
      readonly kind: 'allowed';
      readonly request: readonly FieldChange[];
      readonly removed: readonly string[];
      readonly response: readonly FieldChange[];
    }
  | {
      readonly kind: 'denied';
      readonly status: number;
      readonly headers: readonly FieldChange[];
      readonly body: Buffer;
    }
  /** It says nothing that counts, or asks for what is not done here. */
  | { readonly kind: 'unusable'; readonly because: string };

const FORBIDDEN = 403;

/** Reads `envoy.service.auth.v3.CheckResponse`. Never throws. */
export function readCheckResponse(bytes: Buffer): CheckAnswer {
  try {
    return answerOf(Message.read(bytes));
  } catch (thrown) {
    if (thrown instanceof RangeError) return unusable(`its answer is no CheckResponse: ${thrown.message}`);
    throw thrown;
  }
}

function answerOf(response: Message): CheckAnswer {
  const status = response.message(1);
  const denial = response.message(2);
  const permission = response.message(3);
  if ((status?.number(1) ?? 0n) !== 0n) return deniedBy(denial);
  if (denial !== null) return unusable('its answer is a yes and a no');
  if (status === null && permission === null) return unusable('its answer is empty');
  return permission === null ? ALLOWED : allowedBy(permission);
}

const ALLOWED: CheckAnswer = { kind: 'allowed', request: [], removed: [], response: [] };

/** `OkHttpResponse`. What cannot be done as the server wants it done is not half done. */
function allowedBy(permission: Message): CheckAnswer {
  if (permission.has(7) || permission.has(8)) return unusable('it changes the query, which is not done here');
  const request = permission.messages(2).map((option) => changeOf(option, 'set'));
  const response = permission.messages(6).map((option) => changeOf(option, 'append'));
  const foul = [...request, ...response].find(({ name, value }) => !maySetTo(name, value));
  if (foul !== undefined) return unusable('it sets a header that it may not set');
  const removed = permission.bytes(5).map((name) => name.toString('latin1').toLowerCase());
  return { kind: 'allowed', request, removed: removed.filter(maySet), response };
}

/** `DeniedHttpResponse`. A no stays one, whatever else is wrong with it. */
function deniedBy(denial: Message | null): CheckAnswer {
  const status = Number(denial?.message(1)?.number(1) ?? 0n);
  const headers = (denial?.messages(2) ?? []).map((option) => changeOf(option, 'append'));
  return {
    kind: 'denied',
    status: status >= 200 && status <= 599 ? status : FORBIDDEN,
    headers: headers.filter(({ name, value }) => maySetTo(name, value)),
    body: denial?.bytes(3).at(-1) ?? Buffer.alloc(0),
  };
}

function unusable(because: string): CheckAnswer {
  return { kind: 'unusable', because };
}
