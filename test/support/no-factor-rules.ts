import type { Snapshot } from '../../src/gateway/snapshot.ts';

/** Of a configuration that says nothing about second factors. */
export const NO_RULES: Snapshot['factorRules'] = {
  registration: async () => null,
  authentication: async () => null,
  postAuthentication: async () => null,
};
