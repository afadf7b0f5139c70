import { AppError } from '../base/errors.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { Refusal } from '../gateway/outcome.ts';
import type { RequestHook } from '../gateway/plugin.ts';
import type { SecretView } from '../gateway/snapshot.ts';
import type { HttpAuth } from '../model/index.ts';
import { headerName, isPlainValue } from './header-name.ts';
import { madeOnce, openText, unusable } from './secret-text.ts';

/** Those that are a header made of the value of a Secret. */
export type HeaderAuth = Pick<HttpAuth, 'bearer' | 'basic' | 'custom'>;

/** Where a credential goes and how its header value is made from the opened Secret. */
interface Recipe {
  readonly header: string;
  readonly secret: string;
  readonly spell: (value: string) => string;
}

/**
 * The hook that writes the upstream's credential, last of all: it replaces what the client or a header rule set.
 * A Secret that is missing or cannot be a header value refuses the request; nothing is forwarded without it.
 * @throws AppError `invalid` when the header cannot be set
 */
export function createInjector(auth: HeaderAuth): RequestHook {
  const recipe = recipeOf(auth);
  const valueIn = madeOnce(recipe.secret, (secrets) => headerValue(recipe, secrets));
  return (x) => inject(x, recipe.header, valueIn(x.snapshot.secrets));
}

function inject(x: Exchange, header: string, value: string | Refusal): Refusal | null {
  if (typeof value !== 'string') return value;
  x.outgoing!.headers.set(header, value);
  return null;
}

function headerValue({ secret, spell }: Recipe, secrets: SecretView): string | Refusal {
  const opened = openText(secrets, secret);
  if (typeof opened !== 'string') return opened;
  const value = spell(opened);
  return isPlainValue(value) ? value : unusable(secret, 'cannot be a header value');
}

function recipeOf({ bearer, basic, custom }: HeaderAuth): Recipe {
  if (bearer !== undefined) {
    return { header: 'authorization', secret: bearer.fromSecret, spell: (value) => `Bearer ${value}` };
  }
  if (basic !== undefined) {
    const { username, password } = basic;
    // RFC 7617 2: the first colon ends the user name, so the rest of it would become part of the password.
    if (username.includes(':')) throw new AppError('invalid', 'the user name of a basic credential holds a colon');
    return { header: 'authorization', secret: password.fromSecret, spell: (value) => basicValue(username, value) };
  }
  if (custom !== undefined) {
    return { header: headerName(custom.header), secret: custom.value.fromSecret, spell: (value) => value };
  }
  throw new AppError('invalid', 'the credential is of no kind');
}

function basicValue(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
