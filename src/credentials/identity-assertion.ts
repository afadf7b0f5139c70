import type { IdentifiedPrincipal } from '../../identity/principal.ts';
import type { Clock } from '../base/clock.ts';
import { durationMs } from '../base/duration.ts';
import { AppError } from '../base/errors.ts';
import type { Exchange } from '../gateway/exchange.ts';
import { type Refusal, refuse } from '../gateway/outcome.ts';
import type { Plugin } from '../gateway/plugin.ts';
import type { IdentityAssertion } from '../model/index.ts';
import type { SigningKeys } from '../secrets/signing/signing-keys.ts';
import { AssertionSigner } from './assertion-signer.ts';
import { PlainFields, type PlainValue } from './plain-identity.ts';

export interface AssertionDeps {
  readonly keys: Pick<SigningKeys, 'current'>;
  readonly clock: Clock;
  readonly issuer: string;
  /** When the settings name none. */
  readonly audience: string;
}

/** As in the schema, where the model may not be reached from. */
const DEFAULT_HEADER = 'x-ostiary-assertion';
const DEFAULT_LIFETIME_MS = 60_000;

/**
 * Tells the upstream who sent the request: in a signed assertion, and in plain headers if they are asked for. An
 * anonymous request carries none of them, and no answer does.
 */
export function createIdentityAssertion(settings: IdentityAssertion, deps: AssertionDeps): Plugin {
  const header = settings.header?.toLowerCase() ?? DEFAULT_HEADER;
  const signer = signerOf(settings, deps);
  const fields = new PlainFields(settings.headers ?? {});
  const names = [header, ...fields.names];
  if (new Set(names).size < names.length) throw new AppError('invalid', 'two values are to go in one identity header');
  return {
    inject: (x) => {
      const { principal } = x;
      if (principal === null || principal.kind === 'anonymous') return withoutAny(x, names);
      return inject(x, principal, signer, header, fields);
    },
    // An upstream that shows what it was sent would give the assertion to the browser.
    onResponse: ({ response }) => {
      for (const name of names) response!.headers.delete(name);
    },
  };
}

function signerOf(settings: IdentityAssertion, { keys, clock, issuer, audience }: AssertionDeps): AssertionSigner {
  const { algorithm = 'EDDSA', lifetime } = settings;
  const lifetimeMs = lifetime === undefined ? DEFAULT_LIFETIME_MS : durationMs(lifetime);
  if (lifetimeMs === null) throw new AppError('invalid', 'the lifetime of the identity assertion is no duration');
  return new AssertionSigner({
    keys,
    clock,
    algorithm,
    lifetimeMs,
    issuer,
    audience: settings.audience ?? audience,
  });
}

function withoutAny({ outgoing }: Exchange, names: readonly string[]): null {
  for (const name of names) outgoing!.headers.delete(name);
  return null;
}

function inject(
  x: Exchange,
  principal: IdentifiedPrincipal,
  signer: AssertionSigner,
  header: string,
  fields: PlainFields,
): Refusal | null {
  const { headers } = x.outgoing!;
  const assertion = signer.assertionOf(principal);
  if (assertion.kind === 'unavailable') return unavailable(assertion.because);
  headers.set(header, assertion.token);
  const values = fields.valuesOf(principal);
  for (let i = 0; i < values.length; i++) {
    const [name, made] = [fields.names[i] as string, values[i] as PlainValue | null];
    if (made === null) headers.delete(name);
    else if (made.kind === 'unfit') return unavailable(`the header ${name} cannot be set: ${made.because}`);
    else headers.set(name, made.text);
  }
  return null;
}

function unavailable(because: string): Refusal {
  return refuse('credential-unavailable', because);
}
