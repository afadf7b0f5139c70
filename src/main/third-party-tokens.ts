import { KeySets } from '../../identity/third-party/key-sets.ts';
import { ThirdPartyTokens, type TokenSurroundings } from '../../identity/third-party/third-party-tokens.ts';
import { systemClock } from '../base/clock.ts';
import type { CompilerDeps } from '../compile/compile.ts';
import type { Snapshot } from '../gateway/snapshot.ts';

/** Makes the hooks by which Services take tokens of other issuers; they share what is known of these. */
export function thirdPartyTokens(domain: string): NonNullable<CompilerDeps['acceptTokens']> {
  const keySets = new KeySets(systemClock);
  return (settings, service) => {
    const tokens = new ThirdPartyTokens(settings, service, { keySets, clock: systemClock, domain });
    return ({ request, snapshot }) => tokens.identify(request.headers, surroundings(snapshot));
  };
}

function surroundings({ directory, identityProviders, secrets }: Snapshot): TokenSurroundings {
  return {
    directory,
    isProviderEnabled: (name) => identityProviders.some(({ metadata }) => metadata.name === name),
    openSecret: (name) => secrets.open(name),
  };
}
