import { durationMs } from '../../base/duration.ts';
import type { ClusterConfig } from '../cluster-config.ts';
import type { OpaBundle } from '../opa.ts';
import type { KeyPath } from '../source.ts';
import { type Problem, problem } from '../validate/problem.ts';
import { checkAccessRequests } from './access-requests.ts';
import type { ResourceCheck } from './checker.ts';
import { checkSessionSettings } from './session-settings.ts';

export const checkClusterConfig: ResourceCheck<ClusterConfig> = ({ spec }) => [
  ...checkAccessRequests(spec.authorization?.accessRequests),
  ...checkSessionSettings(spec.session?.human, 'HUMAN', ['spec', 'session', 'human']),
  ...checkSessionSettings(spec.session?.workload, 'WORKLOAD', ['spec', 'session', 'workload']),
  ...(spec.opa?.bundles ?? []).flatMap((bundle, i) => checkBundle(bundle, ['spec', 'opa', 'bundles', i])),
];

function checkBundle(bundle: OpaBundle, at: KeyPath): Problem[] {
  return [...checkServerFields(bundle, at), ...checkPolling(bundle, at), ...checkVerification(bundle, at)];
}

function checkServerFields(bundle: OpaBundle, at: KeyPath): Problem[] {
  if (bundle.url !== undefined) return [];
  return (['token', 'polling'] as const)
    .filter((key) => bundle[key] !== undefined)
    .map((key) => problem([...at, key], 'has no effect without url', { at: 'key' }));
}

function checkPolling({ polling }: OpaBundle, at: KeyPath): Problem[] {
  if (polling?.minDelay === undefined || polling.maxDelay === undefined) return [];
  if ((durationMs(polling.minDelay) ?? 0) <= (durationMs(polling.maxDelay) ?? 0)) return [];
  return [problem([...at, 'polling', 'minDelay'], 'is more than maxDelay')];
}

/** A shared secret in the open would let everybody sign. */
function checkVerification({ verification }: OpaBundle, at: KeyPath): Problem[] {
  if (verification?.algorithm !== 'HS256' || verification.publicKey === undefined) return [];
  const suggestion = 'put it in a Secret and use fromSecret';
  return [problem([...at, 'verification', 'publicKey'], 'HS256 has a shared secret', { at: 'key', suggestion })];
}
