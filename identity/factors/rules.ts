import type { IdentifiedPrincipal } from '../principal.ts';

/** What the ClusterConfig says about second factors, for whoever is at this browser. */
export interface FactorRules {
  /** About somebody who signs in and has no second factor; `null`: nothing. */
  registration(principal: IdentifiedPrincipal): Promise<Wanted | null>;
  /** About somebody who signs in, has one, and has not shown it. */
  authentication(principal: IdentifiedPrincipal): Promise<Wanted | null>;
  /** Whether the factor that was shown counts. */
  accepts(principal: IdentifiedPrincipal): Promise<boolean>;
}

export type Wanted = 'REQUIRED' | 'RECOMMENDED';

export const NO_FACTOR_RULES: FactorRules = {
  registration: async () => null,
  authentication: async () => null,
  accepts: async () => true,
};
