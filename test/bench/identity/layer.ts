import { NO_RULES } from '../../../identity/authentication-rules.ts';
import { Directory } from '../../../identity/directory/directory.ts';
import type { IdentityStore } from '../../../identity/ports.ts';
import { newSealingKey } from '../../../identity/sign-in/cookie-sealer.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { createIdentityLayer, type IdentityLayer } from '../../../src/main/identity.ts';
import type { Group, User } from '../../../src/model/index.ts';

const PROD: Group = { kind: 'Group', metadata: { name: 'prod' }, spec: {} };

export const ROBOT: User = {
  kind: 'User',
  metadata: { name: 'robot' },
  spec: {
    type: 'WORKLOAD',
    groups: ['prod'],
    authentication: { identities: [{ identityProvider: 'corp', identifier: 'robot-1' }] },
  },
};

/** The identity layer of the product over this store. */
export function layerOver(store: IdentityStore, users: readonly User[]): [IdentityLayer, Directory] {
  const directory = new Directory([...users, ROBOT], [PROD], []);
  const nothing = () => {};
  const layer = createIdentityLayer({
    store,
    openSecret: () => null,
    clock: systemClock,
    sessionChanged: nothing,
    accessChanged: nothing,
    grantLost: nothing,
    signInKey: newSealingKey(),
    signingKeys: { published: () => [] },
    texts: { seal: (_, text) => text.reveal(), open: () => null },
    directories: { change: async () => directory },
    current: () => ({ directory, identityProviders: [], authentication: NO_RULES }),
    warn: (message) => void process.stderr.write(`${message}\n`),
  });
  return [layer, directory];
}

const TERMS = {
  lifetime: 3_600_000,
  accessToken: 3_600_000,
  refreshToken: 3_600_000,
  idle: 3_600_000,
  mostPerUser: 16,
  state: 'ACTIVE',
} as const;

/** A session of each user as a sign-in makes them; gives the value of its cookie for `host`. */
export async function signInAll({ sessions }: IdentityLayer, users: readonly User[], host: string): Promise<string[]> {
  const handles: string[] = [];
  for (const user of users) {
    const session = await sessions.createForSignIn({
      user,
      by: {
        type: 'IDENTITY_PROVIDER',
        aal: 'AAL1',
        identityProvider: {
          identityProviderRef: { name: 'corp' },
          issuer: 'https://id.example.com',
          subject: `subject of ${user.metadata.name}`,
          identifier: `subject of ${user.metadata.name}`,
          email: user.spec.email ?? '',
        },
      },
      origin: { address: '192.0.2.1', userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101' },
      terms: TERMS,
    });
    handles.push(await sessions.addBrowserHandle(session, host));
  }
  return handles;
}
