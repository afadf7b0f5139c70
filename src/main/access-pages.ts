import { ASK_ACCESS_PATH, askAccessPath, decisionPath } from '../../identity/access/addresses.ts';
import { approverNames } from '../../identity/access/approvers.ts';
import type { AccessEntry, AskAccessPage, SitePage } from '../../identity/site/answer.ts';
import type { RequestableService } from '../../identity/site/visit.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { Refusal } from '../gateway/outcome.ts';
import type { CompiledService } from '../gateway/snapshot.ts';
import { type AccessRules, accessRulesOf } from '../model/index.ts';
import type { Html } from '../web/html.ts';
import { accessRequestsPage, type ListedRequest } from '../web/pages/access-requests.ts';
import { askAccessPage } from '../web/pages/ask-access.ts';
import type { RequestableAccess } from '../web/pages/refused.ts';
import { nameOf, portalUrl } from './page-facts.ts';

/** `null`: nobody can ask for access to it. */
export function rulesOfService({ snapshot }: Exchange, service: CompiledService): AccessRules | null {
  return accessRulesOf(service.resource, service.namespace, snapshot.clusterConfig);
}

export function requestable(x: Exchange, name: string): RequestableService | null {
  const service = x.snapshot.services.find((one) => one.name === name);
  const rules = service === undefined ? null : rulesOfService(x, service);
  if (service === undefined || rules === null) return null;
  return { name, displayName: service.resource.metadata.displayName ?? null, url: urlOf(x, service), rules };
}

/** The first page of a Service that has an address of its own. */
function urlOf(x: Exchange, { hosts, resource }: CompiledService): string | null {
  const [host] = hosts;
  if (host === undefined || host.startsWith('*.') || resource.spec.isPublic !== true) return null;
  const url = new URL(portalUrl(x));
  return `${url.protocol}//${host}${url.port === '' ? '' : `:${url.port}`}/`;
}

/**
 * Whether and whom the person who was denied may ask: only where a policy alone denied, and a grant would make the
 * difference. What a DENY rule closes, a request would ask for in vain.
 */
export function accessOffer(x: Exchange, { reason }: Refusal): RequestableAccess | null {
  const { service, principal, input, snapshot } = x;
  if (reason !== 'policy-denied' && reason !== 'no-policy-match') return null;
  if (service === null || input === null || input.hasGrant || principal?.kind !== 'human') return null;
  const rules = principal.session.status.isBrowser === true ? rulesOfService(x, service) : null;
  if (rules === null || x.decision?.effect !== 'deny') return null;
  if (service.authorizer.authorize(principal, { ...input, hasGrant: true }).effect !== 'allow') return null;
  const url = new URL(askAccessPath(service.name), portalUrl(x)).href;
  return { url, approvers: approverNames(rules, snapshot.directory) };
}

export function askAccessMarkup(x: Exchange, page: AskAccessPage): Html {
  const { service, user, former, problem, reason, approvers } = page;
  return askAccessPage({
    domain: x.snapshot.domain,
    signedInAs: nameOf(user),
    service: service.name,
    title: service.displayName ?? service.name,
    serviceUrl: service.url,
    approvers,
    action: ASK_ACCESS_PATH,
    longest: service.rules.maxDuration,
    proposed: service.rules.defaultDuration,
    former,
    problem,
    reason,
    portalUrl: '/',
  });
}

export function accessRequestsMarkup(x: Exchange, page: Extract<SitePage, { name: 'access-requests' }>): Html {
  return accessRequestsPage({
    domain: x.snapshot.domain,
    signedInAs: nameOf(page.user),
    toDecide: page.toDecide.map(listed),
    own: page.own.map(listed),
    problem: page.problem,
    portalUrl: '/',
  });
}

function listed({ request, user, service }: AccessEntry): ListedRequest {
  const { user: asker, ...standing } = request;
  return {
    ...standing,
    user: user === null ? { name: asker.name, displayName: null, email: null } : nameOf(user),
    service: service?.displayName ?? request.service,
    longest: service?.rules.maxDuration ?? request.wanted,
    approveUrl: decisionPath(request.id, 'approve'),
    refuseUrl: decisionPath(request.id, 'refuse'),
    revokeUrl: decisionPath(request.id, 'revoke'),
  };
}
