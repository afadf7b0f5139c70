import { stringify } from 'yaml';
import { newHandle } from '../base/ids.ts';
import { DEMO_SECRETS, DEMO_WORKLOAD } from '../dev/demo-settings.ts';

export interface DevFacts {
  /** Of the inner identity provider. */
  readonly issuer: string;
  readonly clientSecret: string;
  /** URL of the user's own application, `null` without one. */
  readonly upstream: string | null;
}

export const DEMO_CREDENTIAL = 'robot-demo';

/** What the demo's files cannot know: made for each run, and held in memory only. */
export function devResources({ issuer, clientSecret, upstream }: DevFacts): string {
  const resources = [
    secret('demo-provider-client', clientSecret),
    provider(issuer),
    credential(),
    ...DEMO_SECRETS.map((name) => secret(name, `demo-${newHandle()}`)),
    ...(upstream === null ? [] : [app(upstream)]),
  ];
  return resources.map((resource) => stringify(resource)).join('---\n');
}

function secret(name: string, value: string) {
  return { kind: 'Secret', metadata: { name }, spec: {}, data: { value } };
}

function provider(issuerURL: string) {
  const oidc = { issuerURL, clientID: 'ostiary', clientSecret: { fromSecret: 'demo-provider-client' } };
  return {
    kind: 'IdentityProvider',
    metadata: { name: 'demo', displayName: 'Demo identity provider' },
    spec: { oidc },
  };
}

/** Not in the store, where it would outlive the demo and its User. */
function credential() {
  return {
    kind: 'Credential',
    metadata: { name: DEMO_CREDENTIAL },
    spec: { type: 'ACCESS_TOKEN', user: DEMO_WORKLOAD },
  };
}

function app(url: string) {
  return {
    kind: 'Service',
    metadata: { name: 'app', displayName: 'Your application', description: url },
    spec: { mode: 'WEB', isPublic: true, authorization: { policies: ['allow-all'] }, config: { upstream: { url } } },
  };
}
