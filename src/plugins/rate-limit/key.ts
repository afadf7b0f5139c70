import { createHash } from 'node:crypto';
import type { CompiledText } from '../../../policies/text.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { type Refusal, refuse } from '../../gateway/outcome.ts';
import type { PluginDeps } from '../deps.ts';
import { compileExpression } from '../expression.ts';
import { networkOf } from './network.ts';
import type { LimitKey } from './schema.ts';

/** What requests are counted by; a refusal when that cannot be worked out. */
export type KeyOf = (x: Exchange) => string | Refusal;

/** All requests without what they should be counted by count together, so that leaving it out frees nobody. */
const WITHOUT = '-';
const LONGEST = 64;

export function compileKey(key: LimitKey | undefined, deps: PluginDeps): KeyOf {
  const text = compileExpression(key ?? {}, ['key'], deps);
  if (text !== null) return byExpression(text);
  const read = key === undefined ? sessionOrAddress : readerOf(key, deps);
  return (x) => asKey(read(x));
}

type Read = (x: Exchange) => string | null;

function readerOf({ perSession, perUser, header, claim, perAddress }: LimitKey, deps: PluginDeps): Read {
  const off = Object.entries({ perSession, perUser, perAddress }).find(([, value]) => value === false);
  if (off !== undefined) deps.mistake(['key', off[0]], 'false says nothing about what is counted by', 'leave key out');
  if (header !== undefined) return byHeader(header.toLowerCase());
  if (claim !== undefined) return (x) => claimOf(x, claim);
  if (perUser === true) return userOf;
  return perSession === true ? sessionOf : addressOf;
}

function byExpression(text: CompiledText): KeyOf {
  return (x) => {
    const result = text.evaluate(x.input!);
    if (result.kind === 'error') return refuse('plugin-error', `the key of a limit failed: ${result.detail}`);
    return asKey(result.kind === 'text' ? result.text : null);
  };
}

function byHeader(name: string): Read {
  return ({ request: { headers } }) => (headers.has(name) ? headers.all(name).join(', ') : null);
}

function addressOf({ request }: Exchange): string {
  return networkOf(request.clientAddress);
}

/** Users of files have no uid. */
function userOf({ principal }: Exchange): string | null {
  const metadata = principal?.user?.metadata;
  return metadata?.uid ?? metadata?.name ?? null;
}

/** A token of another issuer is a session of its own, so its holder would get a new limit with each of them. */
function sessionOf(x: Exchange): string | null {
  const session = x.principal?.session ?? null;
  if (session === null) return null;
  return session.status.authentication.info.type === 'EXTERNAL' ? userOf(x) : session.metadata.uid;
}

function sessionOrAddress(x: Exchange): string {
  return sessionOf(x) ?? addressOf(x);
}

function claimOf({ principal }: Exchange, name: string): string | null {
  const claims = principal?.session?.status.authentication.info.external?.claims ?? {};
  const value = Object.hasOwn(claims, name) ? claims[name] : null;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

/** Strangers may choose texts: none takes more memory than another. */
function asKey(text: string | null): string {
  if (text === null) return WITHOUT;
  return text.length <= LONGEST ? `=${text}` : `#${createHash('sha256').update(text).digest('base64url')}`;
}
