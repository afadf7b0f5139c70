import { foldedName } from '../../base/field-names.ts';

/** What stands in place of a value that is not to be read. */
export const REDACTED = '[redacted]';

/** Fields of bodies that a configuration names. */
export interface BodyRedaction {
  /** At whatever depth, folded. */
  readonly names: ReadonlySet<string>;
  /** From the top; lists on the way are no steps. */
  readonly paths: PathStep;
}

/** One step of the paths that begin alike; those that go no further end here. */
export interface PathStep {
  readonly inner: Map<string, PathStep>;
  isEnd: boolean;
}

/** `null`: none are named. A name with dots is a path. */
export function compileRedaction(fields: readonly string[] = []): BodyRedaction | null {
  if (fields.length === 0) return null;
  const paths = newStep();
  for (const field of fields) if (field.includes('.')) addPath(paths, field.split('.').map(nameOf));
  return { names: new Set(fields.filter((field) => !field.includes('.')).map(nameOf)), paths };
}

function newStep(): PathStep {
  return { inner: new Map(), isEnd: false };
}

function addPath(top: PathStep, names: readonly string[]): void {
  let step = top;
  for (const name of names) {
    const next = step.inner.get(name) ?? newStep();
    step.inner.set(name, next);
    step = next;
  }
  step.isEnd = true;
}

/** `accessToken` and `access_token` as `access-token`; letters that fold to others, as `ſ` to `s`, as those. */
export function wordsOf(key: string): string {
  return foldedName(key.normalize('NFKC').replace(/([a-z0-9])([A-Z])/g, '$1-$2'));
}

/** The one name that its spellings are to programs that read keys without regard to case: `cardNumber`, `CARD_NUMBER`. */
export function nameOf(key: string): string {
  return wordsOf(key).replaceAll('-', '');
}
