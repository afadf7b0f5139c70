import { type Refusal, refuse } from '../gateway/outcome.ts';
import type { SecretView } from '../gateway/snapshot.ts';

/** The value of a Secret, or the refusal of a request that needs it. */
export function openText(secrets: SecretView, name: string): string | Refusal {
  const opened = secrets.open(name);
  if (opened === null) return unusable(name, 'is missing or cannot be opened');
  return opened.byteLength === 0 ? unusable(name, 'is empty') : opened.reveal();
}

/** Names the Secret and never quotes it. */
export function unusable(name: string, because: string): Refusal {
  return unavailable(`the Secret "${name}" ${because}`);
}

/** @param because for the log, without anything confidential */
export function unavailable(because: string): Refusal {
  return refuse('credential-unavailable', because);
}

/** What was made of a Secret, kept as long as its value is the same. */
export function madeOnce<T>(secret: string, make: (secrets: SecretView) => T): (secrets: SecretView) => T {
  let made: { readonly version: number; readonly value: T } | null = null;
  return (secrets) => {
    const version = secrets.version(secret);
    if (made === null || made.version !== version) made = { version, value: make(secrets) };
    return made.value;
  };
}
