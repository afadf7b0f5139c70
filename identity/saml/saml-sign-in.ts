import { hashHandle, newHandle } from '../../src/base/ids.ts';
import { networkOf } from '../../src/base/network.ts';
import type { IdentityProvider, SamlProvider } from '../../src/model/index.ts';
import type { BeginRequest, Begun } from '../oidc/authorization-request.ts';
import type { ProviderRefusal } from '../oidc/provider-errors.ts';
import type { Completed, CompleteRequest, SignInProtocol } from '../oidc/relying-party.ts';
import { isHandle } from '../sessions/cookies.ts';
import { onlyParameter } from '../site/visit.ts';
import { readAssertion, type SamlStatement } from './assertion.ts';
import { type Effort, Efforts } from './effort.ts';
import { answered, SamlFault, untrusted } from './fault.ts';
import { identityIn } from './identity.ts';
import { KeptAnswers, type KeptAnswersDeps } from './kept-answers.ts';
import { type LoadLibrary, libraryFor, loadLibrary, type SamlExchange } from './library.ts';
import { LEAST_AGE, ProviderMetadata } from './provider-metadata.ts';
import { checkResponse } from './response.ts';
import { decoded, signedPart } from './signed-part.ts';

export interface SamlSignInDeps extends KeptAnswersDeps {
  /** Brings the package; left out: the real one. */
  readonly load?: LoadLibrary;
  /** Of reading metadata, in milliseconds; 10 s when left out. */
  readonly timeout?: number;
}

/** What a provider had a browser post to us. */
export interface PostedAnswer {
  readonly provider: IdentityProvider;
  /** The address that it was posted to. */
  readonly consumerURL: string;
  /** The state of the sign-in that it claims to answer. */
  readonly relayState: string;
  /** Base64. */
  readonly response: string;
  readonly clientAddress: string;
}

export type TakenAnswer = { readonly kind: 'taken'; readonly code: string } | ProviderRefusal;

const NO_TOKENS = { idToken: null, refreshToken: null };

/**
 * Web Browser SSO of SAML 2.0, begun here and nowhere else: request by redirect, answer by POST. The POST comes from
 * another site and so without our cookies. It is checked, kept for a minute, and counts only once the browser that
 * began the sign-in comes for it.
 */
export class SamlSignIn implements SignInProtocol {
  readonly #deps: SamlSignInDeps;
  readonly #load: LoadLibrary;
  readonly #metadata: ProviderMetadata;
  readonly #answers: KeptAnswers;
  readonly #efforts: Efforts;

  constructor(deps: SamlSignInDeps) {
    this.#deps = deps;
    this.#load = deps.load ?? loadLibrary;
    this.#answers = new KeptAnswers(deps);
    this.#metadata = new ProviderMetadata(deps.clock, deps.timeout);
    this.#efforts = new Efforts(deps.clock);
  }

  begin({ provider, redirectUri, prompt }: BeginRequest): Promise<Begun> {
    return answered(async () => {
      const state = newHandle();
      const exchange = await this.#exchange(provider, redirectUri, state);
      const forceAuthn = exchange.forceAuthn || prompt === 'login';
      const library = await libraryFor(this.#load, { ...exchange, forceAuthn });
      const url = await library.getAuthorizeUrlAsync(state, undefined, {});
      return { kind: 'begun', url, state, nonce: newHandle(), codeVerifier: newHandle() };
    });
  }

  /** Checks all that can be without knowing the browser. */
  receive({ provider, consumerURL, relayState, response, clientAddress }: PostedAnswer): Promise<TakenAnswer> {
    return answered(async () => {
      if (!isHandle(relayState))
        throw untrusted('there is no RelayState of ours: sign-ins begin here, not at the provider');
      const settings = samlOf(provider);
      const text = decoded(response);
      const exchange = await this.#exchange(provider, consumerURL, relayState);
      checkResponse(text, exchange);
      const effort = this.#efforts.begin(networkOf(clientAddress));
      const statement = await this.#verified(settings, text, exchange, effort);
      const signedIn = { ...identityIn(statement, settings), ...endOf(statement) };
      if (!(await this.#answers.isFirst(provider, statement))) throw untrusted('the assertion was shown before');
      effort.giveBack();
      return {
        kind: 'taken',
        code: await this.#answers.keep({ provider: provider.metadata.name, requestID: exchange.requestID, signedIn }),
      };
    });
  }

  /** The browser that began comes for what was taken. */
  complete({ provider, callbackUrl, proof }: CompleteRequest): Promise<Completed> {
    return answered(async () => {
      const kept = await this.#answers.take(onlyParameter(callbackUrl.searchParams, 'code') ?? '');
      if (kept === null || kept.provider !== provider.metadata.name || kept.requestID !== requestIdOf(proof.state)) {
        throw untrusted('there is no answer of the provider to this sign-in, or it was taken already');
      }
      return { kind: 'signed-in', ...kept.signedIn, tokens: NO_TOKENS, tellsOfLogout: false };
    });
  }

  async #exchange(provider: IdentityProvider, consumerURL: string, state: string): Promise<SamlExchange> {
    const settings = samlOf(provider);
    return {
      metadata: await this.#metadata.of(settings),
      entityID: entityIdOf(settings, new URL(consumerURL).hostname),
      consumerURL,
      requestID: requestIdOf(state),
      forceAuthn: settings.forceAuthn === true,
    };
  }

  /** Once more with newer metadata, where it may be that the provider has a new key. */
  async #verified(
    settings: SamlProvider,
    text: string,
    exchange: SamlExchange,
    effort: Effort,
  ): Promise<SamlStatement> {
    const { clock } = this.#deps;
    try {
      return readAssertion(await signedPart(this.#load, text, exchange, effort), exchange, clock.now());
    } catch (thrown) {
      const newer = await this.#metadata.of(settings, LEAST_AGE);
      if (newer === exchange.metadata) throw thrown;
      const again = { ...exchange, metadata: newer };
      return readAssertion(await signedPart(this.#load, text, again, effort), again, clock.now());
    }
  }
}

function samlOf({ spec }: IdentityProvider): SamlProvider {
  if (spec.saml !== undefined) return spec.saml;
  throw new SamlFault('provider-misconfigured', 'the provider has no saml settings');
}

/** @param domain the auth host */
export function entityIdOf({ entityID }: SamlProvider, domain: string): string {
  return entityID ?? `https://${domain}`;
}

/** Whoever knows the state knows the request, so an answer to the one is an answer to the other. */
function requestIdOf(state: string): string {
  return `_${hashHandle(`saml-request ${state}`)}`;
}

function endOf({ sessionUntil }: SamlStatement): { readonly endsAt?: number } {
  return sessionUntil === null ? {} : { endsAt: sessionUntil };
}
