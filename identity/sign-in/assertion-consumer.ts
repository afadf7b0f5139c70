import type { IdentityProvider } from '../../src/model/index.ts';
import { entityIdOf } from '../saml/saml-sign-in.ts';
import { serviceProviderMetadata } from '../saml/service-provider.ts';
import { redirect, refused, type SiteAnswer, showText } from '../site/answer.ts';
import { readForm } from '../site/body.ts';
import { originOf } from '../site/origin.ts';
import { onlyParameter } from '../site/visit.ts';
import { CALLBACK_PATH } from './addresses.ts';
import { signInFailed } from './failures.ts';
import type { Visit } from './visit.ts';

/** Bytes; signed assertions with hundreds of groups have half of it. */
const MOST_ANSWER = 128 * 1024;

/**
 * `POST /.ostiary/callback/PROVIDER` on the auth host: the page of a SAML provider has a browser post its answer. Our
 * cookies stay behind, as the page is another site's, so the browser is sent on to come with them.
 */
export async function consumeAssertion(visit: Visit, providerName: string): Promise<SiteAnswer> {
  const { request, deps } = visit;
  const provider = samlProvider(visit, providerName);
  if (provider === null) return refused('method-refused', 'no provider of SAML has this address');
  const reading = await readForm(request, MOST_ANSWER);
  if (!reading.ok) return reading.answer;
  const relayState = onlyParameter(reading.form, 'RelayState') ?? '';
  const response = onlyParameter(reading.form, 'SAMLResponse') ?? '';
  const consumerURL = consumerUrl(visit, provider);
  const { clientAddress } = request;
  const taken = await deps.saml.receive({ provider, consumerURL, relayState, response, clientAddress });
  if (taken.kind === 'refused') return signInFailed(taken.code, { retry: '/', detail: taken.detail });
  return redirect(`${consumerURL}?${new URLSearchParams({ state: relayState, code: taken.code })}`);
}

/** `GET /.ostiary/saml/PROVIDER/metadata` on the auth host: what to register us by at the provider. */
export async function showServiceProvider(visit: Visit, providerName: string): Promise<SiteAnswer> {
  const provider = samlProvider(visit, providerName);
  if (provider?.spec.saml === undefined) return signInFailed('provider-unknown', { retry: '/' });
  const entityID = entityIdOf(provider.spec.saml, visit.config.domain);
  const consumerURL = consumerUrl(visit, provider);
  return showText('application/samlmetadata+xml', serviceProviderMetadata({ entityID, consumerURL }));
}

function samlProvider({ config }: Visit, name: string): IdentityProvider | null {
  return (
    config.identityProviders.find(({ metadata, spec }) => metadata.name === name && spec.saml !== undefined) ?? null
  );
}

function consumerUrl({ request }: Visit, { metadata }: IdentityProvider): string {
  return `${originOf(request)}${CALLBACK_PATH}/${metadata.name}`;
}
