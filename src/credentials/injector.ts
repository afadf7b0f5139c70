import { AppError } from '../base/errors.ts';
import { isHeaderValue, isHopByHop, isToken } from '../base/header-text.ts';
import type { Exchange } from '../gateway/exchange.ts';
import { type Refusal, refuse } from '../gateway/outcome.ts';
import type { RequestHook } from '../gateway/plugin.ts';
import type { SecretView } from '../gateway/snapshot.ts';
import type { HttpAuth } from '../model/index.ts';

/** Where a credential goes and how its header value is made from the opened Secret. */
interface Recipe {
  readonly header: string;
  readonly secret: string;
  readonly spell: (value: string) => string;
}

/**
 * The hook that writes the upstream's credential, last of all: it replaces what the client or a header rule set.
 * A Secret that is missing or cannot be a header value refuses the request; nothing is forwarded without it.
 * @throws AppError `invalid` when the header cannot be set, or the kind of credential is not implemented.
 */
export function createInjector(auth: HttpAuth): RequestHook {
  const recipe = recipeOf(auth);
  let made: { readonly version: number; readonly value: string | Refusal } | null = null;
  return (x) => {
    const { secrets } = x.snapshot;
    const version = secrets.version(recipe.secret);
    if (made === null || made.version !== version) made = { version, value: headerValue(recipe, secrets) };
    return inject(x, recipe.header, made.value);
  };
}

function inject(x: Exchange, header: string, value: string | Refusal): Refusal | null {
  if (typeof value !== 'string') return value;
  x.outgoing!.headers.set(header, value);
  return null;
}

function headerValue({ secret, spell }: Recipe, secrets: SecretView): string | Refusal {
  const opened = secrets.open(secret);
  if (opened === null) return unavailable(secret, 'is missing or cannot be opened');
  if (opened.byteLength === 0) return unavailable(secret, 'is empty');
  const value = spell(opened.reveal());
  return isAscii(value) && isHeaderValue(value) ? value : unavailable(secret, 'cannot be a header value');
}

/** Names the Secret and never quotes it. */
function unavailable(secret: string, because: string): Refusal {
  return refuse('credential-unavailable', `the Secret "${secret}" ${because}`);
}

function recipeOf({ bearer, basic, custom }: HttpAuth): Recipe {
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
  throw new AppError('not-implemented', 'this kind of upstream credential is not implemented yet');
}

function basicValue(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** Fields that are generated for the connection; a credential there would be lost, or break the framing. */
const GENERATED = new Set(['host', 'content-length']);

function headerName(text: string): string {
  const name = text.toLowerCase();
  if (isToken(name) && !isHopByHop(name) && !GENERATED.has(name)) return name;
  throw new AppError('invalid', `a credential cannot be sent in the header "${text}"`);
}

/** Octets above 0x7F mean different things to different servers; a credential must mean one. */
function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
