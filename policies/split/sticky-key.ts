import type { StickyBy, StickyWord, TextExpression } from '../../src/model/index.ts';
import type { Engine, ExpressionProblem } from '../engine.ts';
import type { RequestView } from '../input/request.ts';
import type { PolicyInput } from '../input.ts';
import { compileTemplate } from '../liquid/template.ts';
import { compileText, type TextCompilation } from '../text.ts';
import { browserKey, newBrowserKey, setBrowserKey } from './browser-key.ts';

/** What a request is split by. */
export type SplitKey =
  | { readonly kind: 'found'; readonly key: string }
  /** Drawn for this request; `cookie` is a `Set-Cookie` by which the browser keeps it. */
  | { readonly kind: 'drawn'; readonly key: string; readonly cookie: string | null }
  | { readonly kind: 'error'; readonly detail: string };

export type KeyOf = (input: PolicyInput, request: RequestView) => SplitKey;

export type KeyCompilation =
  | { readonly ok: true; readonly keyOf: KeyOf }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

export function compileKey(stickyBy: StickyBy | undefined, engine: Engine): KeyCompilation {
  if (stickyBy === undefined) return { ok: true, keyOf: drawn };
  if (typeof stickyBy === 'string') return { ok: true, keyOf: BY_WORD[stickyBy] };
  const compiled = compileSticky(stickyBy, engine);
  if (!compiled.ok) return compiled;
  const { text } = compiled;
  const keyOf: KeyOf = (input, request) => {
    const result = text.evaluate(input);
    return result.kind === 'error' ? result : found(result.kind === 'text' ? result.text : null, request);
  };
  return { ok: true, keyOf };
}

function compileSticky({ eval: cel, liquid = '' }: TextExpression, engine: Engine): TextCompilation {
  return cel === undefined ? compileTemplate(liquid, engine) : compileText(cel, engine);
}

const BY_WORD: Readonly<Record<StickyWord, KeyOf>> = {
  USER: (input, request) => found(userOf(input), request),
  SESSION: (input, request) => found(sessionOf(input), request),
  ADDRESS: (_input, request) => found(null, request),
  COOKIE: (_input, request) => {
    const known = browserKey(request);
    if (known !== null) return { kind: 'found', key: known };
    const key = newBrowserKey();
    return { kind: 'drawn', key, cookie: setBrowserKey(request, key) };
  },
};

/** Who has nothing of what is asked for goes by the client's address, as in load balancing. */
function found(key: string | null, { clientAddress }: RequestView): SplitKey {
  return { kind: 'found', key: key ?? clientAddress };
}

function drawn(): SplitKey {
  return { kind: 'drawn', key: newBrowserKey(), cookie: null };
}

function userOf({ principal }: PolicyInput): string | null {
  return principal.user?.metadata.name ?? null;
}

/** A token of another issuer is a session of its own, and each request may bring another one. */
function sessionOf(input: PolicyInput): string | null {
  const { session } = input.principal;
  if (session === null) return null;
  return session.status.authentication.info.type === 'EXTERNAL' ? userOf(input) : session.metadata.uid;
}
