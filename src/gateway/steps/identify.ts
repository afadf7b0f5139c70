import type { Identification } from '../../../identity/identification.ts';
import type { AnonymousPrincipal } from '../../../identity/principal.ts';
import { isPromise } from '../../base/awaitable.ts';
import type { Exchange } from '../exchange.ts';
import { type Outcome, refuse } from '../outcome.ts';
import type { DecidingParts, DecidingStep } from '../step.ts';

const ANONYMOUS: AnonymousPrincipal = { kind: 'anonymous', user: null, groups: [], session: null, device: null };

/** The Service's own sources first, then ours; the first that is responsible decides. */
export const identify: DecidingStep = (x, parts) => {
  const service = x.service!;
  if (service.anonymous) {
    x.principal = ANONYMOUS;
    return null;
  }
  if (service.chain.identify !== null) return identifyByPlugins(x, parts, service.chain.identify);
  return settleIdentification(x, parts.identify(x.request, x.snapshot.directory));
};

/** Who began what is open, today: by its session where there is one that is kept, else by what was shown. */
export const identifyAgain: DecidingStep = (x, parts) => {
  const session = x.principal?.session ?? null;
  const isKept = session !== null && session.status.authentication.info.type !== 'EXTERNAL';
  if (x.service!.anonymous || !isKept) return identify(x, parts);
  return settleIdentification(x, parts.identifyAgain(session.metadata.uid, x.snapshot.directory));
};

async function identifyByPlugins(
  x: Exchange,
  parts: DecidingParts,
  hooks: NonNullable<Exchange['service']>['chain']['identify'] & object,
): Promise<Outcome | null> {
  // Their conditions see a request of nobody. An open stream that is judged again has no input yet.
  x.input ??= parts.buildInput(x, ANONYMOUS);
  for (const hook of hooks) {
    const identification = await hook(x, parts.identify);
    if (identification.kind !== 'not-responsible') return accept(x, identification);
  }
  return accept(x, await parts.identify(x.request, x.snapshot.directory));
}

function settleIdentification(x: Exchange, given: ReturnType<DecidingParts['identify']>): ReturnType<DecidingStep> {
  return isPromise(given) ? given.then((identification) => accept(x, identification)) : accept(x, given);
}

function accept(x: Exchange, identification: Identification): Outcome | null {
  switch (identification.kind) {
    case 'identified':
      x.principal = identification.principal;
      x.authorizationConsumed = identification.shownIn === 'authorization';
      return null;
    case 'not-responsible':
      return refuse('unauthenticated');
    case 'rejected':
      return refuse(identification.reason, identification.detail);
  }
}
