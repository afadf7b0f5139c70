import type { TSchema } from 'typebox';
import { Authenticator } from './authenticator.ts';
import { ClusterConfig } from './cluster-config.ts';
import { Config } from './config.ts';
import { Credential } from './credential.ts';
import { Device } from './device.ts';
import { Group } from './group.ts';
import { IdentityProvider } from './identity-provider.ts';
import { Namespace } from './namespace.ts';
import { Policy } from './policy.ts';
import { Secret } from './secret.ts';
import { Service } from './service/service.ts';
import { Session } from './session.ts';
import { User } from './user.ts';

/** Every resource, told apart by `kind`. */
export type Resource =
  | Service
  | User
  | Group
  | Session
  | Credential
  | Secret
  | Policy
  | IdentityProvider
  | Namespace
  | ClusterConfig
  | Device
  | Authenticator
  | Config;

export type Kind = Resource['kind'];
export type ResourceOf<K extends Kind> = Extract<Resource, { kind: K }>;

export interface KindInfo {
  readonly schema: TSchema;
  /** Lower case, as on the command line. */
  readonly plural: string;
  /** Lower case. */
  readonly aliases: readonly string[];
  /** How many parts, joined by dots, a name may have. */
  readonly nameParts: number;
  /** Whether people apply it, or the system makes it. */
  readonly origin: 'applied' | 'made';
  /** What a kind that is known but not implemented yet comes with, else `null`. */
  readonly planned: string | null;
}

type Entry = Partial<KindInfo> & Pick<KindInfo, 'schema' | 'plural'>;

function kind(entry: Entry): KindInfo {
  return { aliases: [], nameParts: 1, origin: 'applied', planned: null, ...entry };
}

/** In the order in which kinds are listed and applied: what is referred to comes before what refers to it. */
export const KINDS: Readonly<Record<Kind, KindInfo>> = {
  ClusterConfig: kind({ schema: ClusterConfig, plural: 'clusterconfigs', aliases: ['cc'] }),
  Secret: kind({ schema: Secret, plural: 'secrets' }),
  Policy: kind({ schema: Policy, plural: 'policies', nameParts: 6 }),
  IdentityProvider: kind({ schema: IdentityProvider, plural: 'identityproviders', aliases: ['idp'] }),
  Namespace: kind({ schema: Namespace, plural: 'namespaces', aliases: ['ns'] }),
  Group: kind({ schema: Group, plural: 'groups' }),
  User: kind({ schema: User, plural: 'users' }),
  Service: kind({ schema: Service, plural: 'services', aliases: ['svc'], nameParts: 2 }),
  Credential: kind({ schema: Credential, plural: 'credentials', aliases: ['cred'] }),
  Session: kind({ schema: Session, plural: 'sessions', aliases: ['sess'], origin: 'made' }),
  Device: kind({ schema: Device, plural: 'devices', aliases: ['dev'], origin: 'made', planned: 'devices' }),
  Authenticator: kind({ schema: Authenticator, plural: 'authenticators', origin: 'made' }),
  Config: kind({ schema: Config, plural: 'configs', planned: 'geolocation' }),
};

export const KIND_NAMES = Object.keys(KINDS) as readonly Kind[];

export function isKind(word: string): word is Kind {
  return Object.hasOwn(KINDS, word);
}

/** The kind that a word of the command line means: its name in any case, its plural or a short form. */
export function findKind(word: string): Kind | null {
  const wanted = word.toLowerCase();
  return KIND_NAMES.find((name) => kindWords(name).includes(wanted)) ?? null;
}

function kindWords(name: Kind): string[] {
  return [name.toLowerCase(), KINDS[name].plural, ...KINDS[name].aliases];
}
