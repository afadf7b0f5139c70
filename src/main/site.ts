import type { ProviderChoice, SignInFailedPage, SiteAnswer, SitePage } from '../../identity/site/answer.ts';
import type { Site } from '../../identity/site/site.ts';
import type { BodyRefusal, SiteConfig, SiteRequest } from '../../identity/site/visit.ts';
import type { Clock } from '../base/clock.ts';
import { HeaderList } from '../base/header-list.ts';
import { setRefusalHeaders } from '../downstream/problem.ts';
import { BufferedBody } from '../gateway/body.ts';
import type { BodyLimits } from '../gateway/body-budget.ts';
import { readBudgeted } from '../gateway/budgeted-body.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { KernelParts } from '../gateway/kernel.ts';
import { type Outcome, type Response, refuse, respond } from '../gateway/outcome.ts';
import type { Reason } from '../gateway/reasons.ts';
import type { IdentityProvider } from '../model/index.ts';
import { assetResponse } from '../web/assets.ts';
import type { Html } from '../web/html.ts';
import { chooseProviderPage } from '../web/pages/choose-provider.ts';
import { confirmHandOverPage } from '../web/pages/confirm-hand-over.ts';
import { confirmSignOutPage } from '../web/pages/confirm-sign-out.ts';
import { confirmDevicePage, deviceCodePage, deviceDecidedPage } from '../web/pages/device.ts';
import { framedPage } from '../web/pages/framed.ts';
import { keptFormPage } from '../web/pages/kept-form.ts';
import { signInFailedPage } from '../web/pages/sign-in-failed.ts';
import { signedOutPage } from '../web/pages/signed-out.ts';
import { pageResponse } from '../web/respond.ts';
import { accessRequestsMarkup, askAccessMarkup, requestable } from './access-pages.ts';
import { factorMarkup } from './factor-pages.ts';
import { factorRulesFor } from './factor-rules.ts';
import type { IdentityLayer } from './identity.ts';
import { brandingOf, nameOf, portalUrl } from './page-facts.ts';
import { portal } from './portal.ts';
import { iconResponse } from './service-icons.ts';

export interface SiteDeps {
  /** Of the identity layer. */
  readonly identity: Site;
  readonly identify: KernelParts['identify'];
  readonly hasGrant: IdentityLayer['hasGrant'];
  readonly clock: Clock;
  readonly bodyLimits: BodyLimits;
}

/** Our own addresses: assets, signing in and out on every host, the portal on the auth host. */
export function createSite(deps: SiteDeps): KernelParts['site'] {
  return async (x) => {
    const { path, query, headers } = x.request;
    // A service worker here could read hand-overs (Service Workers, 'service-worker' request header).
    if (headers.has('service-worker')) return refuse('bad-request', 'no service worker may run at our own addresses');
    const asset = assetResponse(path, query) ?? iconResponse(x);
    if (asset !== null) return { kind: 'response', response: asset };
    const answer = await deps.identity(siteRequest(x, deps.bodyLimits), siteConfig(x, deps.clock));
    if (answer?.kind === 'refused' && answer.reason === 'session-not-active') await noteWho(x, deps);
    if (answer !== null) return show(x, answer);
    return x.request.host === x.snapshot.domain && path === '/' ? portal(x, deps) : refuse('no-route');
  };
}

/** For the page that says how this person's session stands. */
async function noteWho(x: Exchange, { identify }: SiteDeps): Promise<void> {
  const identification = await identify(x.request, x.snapshot.directory);
  if (identification.kind === 'identified') x.principal = identification.principal;
}

function siteRequest(x: Exchange, limits: BodyLimits): SiteRequest {
  const { request } = x;
  const readBody: SiteRequest['readBody'] = (limit) => readWithin(x, limit, limits);
  return { ...request, query: new URLSearchParams(request.query), readBody };
}

async function readWithin(x: Exchange, limit: number, limits: BodyLimits): ReturnType<SiteRequest['readBody']> {
  if (x.body === null || x.request.upgrade !== null) return { kind: 'read', bytes: new Uint8Array() };
  const reading = await readBudgeted(x, x.body, limit, limits);
  return reading.kind === 'refusal' ? { kind: 'refused', reason: bodyRefusal(reading.reason) } : reading;
}

const BODY_REFUSALS: ReadonlySet<string> = new Set<BodyRefusal>(['body-too-large', 'body-too-slow', 'overloaded']);

function bodyRefusal(reason: Reason): BodyRefusal {
  return BODY_REFUSALS.has(reason) ? (reason as BodyRefusal) : 'bad-request';
}

function isTokenIssuer({ spec }: IdentityProvider): boolean {
  return spec.oidcIdentityToken !== undefined;
}

function siteConfig(x: Exchange, clock: Clock): SiteConfig {
  const { snapshot } = x;
  const { domain, directory, identityProviders, authentication, clusterConfig, routes } = snapshot;
  const isOurHost = (host: string): boolean => routes.serves(host);
  const isListedHost = (host: string): boolean => routes.servesExactly(host);
  const providerFor: SiteConfig['providerFor'] = (host, path) =>
    routes.route(host, 'GET', path.split('?', 1)[0]!)?.resource.spec.identityProvider ?? null;
  return {
    domain,
    directory,
    identityProviders: identityProviders.filter((provider) => !isTokenIssuer(provider)),
    tokenIssuers: identityProviders.filter(isTokenIssuer),
    authentication,
    clusterConfig,
    factorRules: factorRulesFor(x, clock),
    isOurHost,
    isListedHost,
    providerFor,
    requestable: (service) => requestable(x, service),
  };
}

function show(x: Exchange, answer: SiteAnswer): Outcome | null {
  switch (answer.kind) {
    case 'instead':
      return goOnAs(x, answer);
    case 'refused':
      return refuse(answer.reason, answer.detail);
    case 'redirect':
      return respond(303, redirectHeaders(answer));
    case 'page':
      return showPage(x, answer);
    case 'json':
      return showJson(x, answer);
    case 'text':
      return respond(200, textHeaders(answer.type), new BufferedBody(answer.text));
  }
}

/** With the browser's fields of now: its cookies may have changed since. */
function goOnAs(x: Exchange, { path, query, contentType, bytes }: Extract<SiteAnswer, { kind: 'instead' }>): null {
  const headers = x.request.headers.clone();
  headers.set('content-type', contentType);
  headers.set('content-length', String(bytes.byteLength));
  x.request = { ...x.request, path, query, headers };
  x.body = new BufferedBody(bytes);
  return null;
}

function showJson(x: Exchange, { status, value, headers, detail }: Extract<SiteAnswer, { kind: 'json' }>): Outcome {
  const list = HeaderList.from([
    ['content-type', 'application/json'],
    ['cache-control', 'no-store'],
  ]);
  for (const [name, field] of headers) list.set(name, field);
  if (detail !== null) {
    x.refusal = refuse('grant-refused', detail);
    setRefusalHeaders(list, x.id, x.refusal.reason);
  }
  if (value !== undefined) return respond(status, list, new BufferedBody(JSON.stringify(value)));
  list.delete('content-type');
  return respond(status, list);
}

function textHeaders(type: string): HeaderList {
  return HeaderList.from([
    ['content-type', `${type}; charset=utf-8`],
    ['cache-control', 'no-store'],
  ]);
}

function redirectHeaders(answer: Extract<SiteAnswer, { kind: 'redirect' }>): HeaderList {
  const headers = HeaderList.from([
    ['location', answer.location],
    ['cache-control', 'no-store'],
  ]);
  changeBrowser(headers, answer);
  return headers;
}

function showPage(x: Exchange, answer: Extract<SiteAnswer, { kind: 'page' }>): Outcome {
  const { page, status } = answer;
  const response = pageResponse(status, markup(x, page), {
    formOrigins: formOrigins(x, page),
    scripts: asksForPasskey(page),
    isFramed: page.name === 'framed',
    ...brandingOf(x),
  });
  changeBrowser(response.headers, answer);
  if (page.name === 'sign-in-failed') noteFailure(x, response, page.code, answer.detail);
  else if (answer.detail !== null) noteFailure(x, response, page.name, answer.detail);
  return { kind: 'response', response };
}

function formOrigins(x: Exchange, page: SitePage): string[] {
  const ours = new URL(portalUrl(x)).origin;
  if (page.name === 'confirm-sign-out' && page.provider !== null) return [ours, page.provider.origin];
  if (page.name === 'confirm-hand-over' || page.name === 'second-factor') return [ours, page.origin];
  return page.name === 'choose-provider' && page.passkey !== null ? [ours, originAt(x, page.targetHost)] : [ours];
}

/** Another of our hosts, on the listener that this request came to. */
function originAt(x: Exchange, host: string): string {
  const url = new URL(portalUrl(x));
  url.hostname = host;
  return url.origin;
}

function asksForPasskey(page: SitePage): boolean {
  if (page.name === 'enrol-passkey') return true;
  return (page.name === 'choose-provider' || page.name === 'second-factor') && page.passkey !== null;
}

/** The page is the answer already; the log and the metrics learn why it was shown. */
function noteFailure(x: Exchange, { headers }: Response, code: string, detail: string | null): void {
  x.refusal = refuse('sign-in-failed', detail === null ? code : `${code}: ${detail}`);
  setRefusalHeaders(headers, x.id, x.refusal.reason);
}

/** What the answer changes in the browser beside showing something. */
function changeBrowser(
  headers: HeaderList,
  { cookies, forget }: Extract<SiteAnswer, { kind: 'redirect' | 'page' }>,
): void {
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  // https://www.w3.org/TR/clear-site-data/#grammardef-cache
  if (forget === true) headers.set('clear-site-data', '"cache"');
}

function markup(x: Exchange, page: SitePage): Html {
  const { domain } = x.snapshot;
  switch (page.name) {
    case 'choose-provider':
      return chooseProviderPage({
        domain,
        target: targetOf(x, page.targetHost),
        providers: page.providers.map(choice),
        byEmail: page.byEmail,
        passkey: page.passkey,
      });
    case 'sign-in-failed':
      return signInFailed(x, page);
    case 'confirm-hand-over':
      return confirmHandOverPage({ domain, host: page.host, action: page.action, portalUrl: '/' });
    case 'confirm-sign-out':
      return confirmSignOutPage({
        domain,
        signedInAs: nameOf(page.user),
        action: page.action,
        csrf: null,
        cancelUrl: '/',
        provider: page.provider?.displayName ?? null,
      });
    case 'signed-out':
      return signedOutPage({ domain, signInUrl: page.signInAgain, provider: page.provider });
    case 'device-code':
      return deviceCodePage({ ...page, domain, signedInAs: nameOf(page.user) });
    case 'confirm-device':
      return confirmDevicePage({ ...page, domain, signedInAs: nameOf(page.user) });
    case 'device-decided':
      return deviceDecidedPage({ domain, outcome: page.outcome });
    case 'kept-form':
      return keptFormPage({ ...page, domain, signedInAs: nameOf(page.user) });
    case 'framed':
      return framedPage({ ...page, domain });
    case 'ask-access':
      return askAccessMarkup(x, page);
    case 'access-requests':
      return accessRequestsMarkup(x, page);
    default:
      return factorMarkup(domain, page);
  }
}

function signInFailed(x: Exchange, { code, title, text, advice, retry, still }: SignInFailedPage): Html {
  const { domain } = x.snapshot;
  const known = still === null ? null : { signedInAs: nameOf(still.user), backUrl: still.back };
  return signInFailedPage({ domain, code, title, text, advice, requestId: x.id, tryAgainUrl: retry, still: known });
}

function choice({ name, displayName, href, isRemembered }: ProviderChoice) {
  return { name, displayName, url: href, isRemembered };
}

function targetOf({ snapshot }: Exchange, host: string) {
  if (host === snapshot.domain) return null;
  const service = snapshot.routes.route(host, 'GET', '/');
  return { host, service: service?.resource.metadata.displayName ?? service?.name ?? null };
}
