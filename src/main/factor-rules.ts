import type { FactorRules, Wanted } from '../../identity/factors/rules.ts';
import type { Principal } from '../../identity/principal.ts';
import { ownAddressInput } from '../../policies/input.ts';
import type { Clock } from '../base/clock.ts';
import type { Exchange } from '../gateway/exchange.ts';

/** The rules of this configuration about second factors, asked about whoever sends this request. */
export function factorRulesFor({ request, snapshot }: Exchange, clock: Clock): FactorRules {
  const { factorRules } = snapshot;
  const about = (principal: Principal) => ownAddressInput(request, principal, clock.now());
  return {
    registration: async (principal) => wanted(await factorRules.registration(about(principal))),
    authentication: async (principal) => wanted(await factorRules.authentication(about(principal))),
    accepts: async (principal) => (await factorRules.postAuthentication(about(principal))) !== 'DENY',
  };
}

function wanted(effect: string | null): Wanted | null {
  if (effect === 'ENFORCE') return 'REQUIRED';
  return effect === 'RECOMMEND' ? 'RECOMMENDED' : null;
}
