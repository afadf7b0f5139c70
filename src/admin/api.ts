import type { Diagnostic } from '../base/diagnostic.ts';
import type { Authenticator, Kind, Resource, Session } from '../model/index.ts';
import type { AccessDecision, AccessRequestInfo } from './access-api.ts';
import type { DecisionDiff, DecisionsWanted, ShadowAnswer } from './decision-api.ts';

import type { ExplainRequest, Explanation, ReachAnswer, ReachRequest } from './explanation.ts';

/** What travels between the command line and a running gateway, as JSON. */

/** A text to apply; `file` is only for diagnostics. */
export interface ApplyText {
  readonly file: string;
  readonly text: string;
}

export interface ApplyRequest {
  readonly texts: readonly ApplyText[];
  /** Delete what is in the store, of the kinds concerned, and not in the texts. */
  readonly prune?: boolean;
  readonly dryRun?: boolean;
  /** Changes nothing either: the texts would take the place of what is served, which may stand in files. */
  readonly compare?: boolean;
  /** Kinds to look at; all when empty. */
  readonly include?: readonly Kind[];
  readonly exclude?: readonly Kind[];
  /** Refuse what exists already (`create`). */
  readonly createOnly?: boolean;
  /** Of a dry run: also say which decisions would change. */
  readonly decisions?: DecisionsWanted;
}

export type PlannedOperation = 'create' | 'update' | 'delete' | 'unchanged';

export interface PlanEntry {
  readonly operation: PlannedOperation;
  readonly kind: Kind;
  readonly name: string;
}

export interface ApplyAnswer {
  /** False: there were errors, and nothing changed. */
  readonly accepted: boolean;
  readonly plan: readonly PlanEntry[];
  readonly diagnostics: readonly Diagnostic[];
  readonly generation: number;
  /** When they were asked for. */
  readonly decisions?: DecisionDiff;
}

export interface SecretRequest {
  readonly name: string;
  /** Base64 of the value's bytes. */
  readonly valueBytes: string;
  /** `create` refuses an existing Secret, `update` a missing one. */
  readonly mode: 'create' | 'update';
}

export type CredentialType = 'access-token' | 'oauth2' | 'auth-token';

export interface CredentialRequest {
  readonly name: string;
  readonly user: string;
  readonly type: CredentialType;
  readonly policies: readonly string[];
  readonly scopes: readonly string[];
  /** Milliseconds; `null` for the default life. */
  readonly expiresInMs: number | null;
  /** Replace the tokens of an existing Credential. */
  readonly rotate: boolean;
  /** Milliseconds that those are good yet; not at all when left out. */
  readonly overlapMs?: number;
  /** How often an auth token is good for an access token; once when left out. */
  readonly maxAuthentications?: number;
  /** Delete it once it is used up; auth tokens only. */
  readonly autoDelete?: boolean;
}

export interface DebugTokenRequest {
  /** At most an hour. */
  readonly lifeMs: number;
}

export interface DebugTokenAnswer {
  readonly token: string;
  /** RFC 3339. */
  readonly expiresAt: string;
}

/** Given once; secrets are not stored and cannot be shown again. */
export type CredentialAnswer = (
  | { readonly name: string; readonly token: string }
  | { readonly name: string; readonly clientId: string; readonly clientSecret: string }
) & {
  /** `null` when it has no end of its own. */
  readonly expiresAt: string | null;
  /** What was made as it was asked for and is likely a mistake. */
  readonly warnings: readonly string[];
};

export interface ServiceStatus {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly state: 'ready' | 'disabled' | 'broken';
  readonly because: string | null;
}

export interface StatusAnswer {
  readonly generation: number;
  readonly domain: string;
  readonly services: readonly ServiceStatus[];
  readonly diagnostics: readonly Diagnostic[];
  readonly opaBundles: readonly OpaBundleStatus[];
}

export interface OpaBundleStatus {
  readonly name: string;
  readonly revision: string | null;
  /** SHA-256 of what it was read from; `null` when there is no bundle that could be asked. */
  readonly digest: string | null;
  /** What was wrong with the last attempt to get it; `null` when nothing was. */
  readonly problem: string | null;
}

export interface AuthenticatorStateRequest {
  readonly state: Authenticator['spec']['state'];
}

export interface SessionStateRequest {
  readonly state: Session['spec']['state'];
}

export interface ErrorAnswer {
  readonly error: { readonly code: string; readonly message: string };
  readonly diagnostics?: readonly Diagnostic[];
}

/** The admin API as the command line sees it. Every call throws `AppError` with the gateway's own message. */
export interface AdminApi {
  status(): Promise<StatusAnswer>;
  apply(request: ApplyRequest): Promise<ApplyAnswer>;
  list(kind: Kind): Promise<Resource[]>;
  get(kind: Kind, name: string): Promise<Resource>;
  delete(kind: Kind, name: string): Promise<ApplyAnswer>;
  putSecret(request: SecretRequest): Promise<void>;
  createCredential(request: CredentialRequest): Promise<CredentialAnswer>;
  sessions(user: string | null): Promise<Session[]>;
  revokeSession(idOrName: string): Promise<void>;
  /** By name or uid. What is open follows. */
  setSessionState(idOrName: string, state: Session['spec']['state']): Promise<void>;
  /** By name or uid. */
  setAuthenticatorState(idOrName: string, state: Authenticator['spec']['state']): Promise<void>;
  /** Those that are kept, the newest first. */
  accessRequests(): Promise<AccessRequestInfo[]>;
  decideAccess(decision: AccessDecision): Promise<AccessRequestInfo>;
  /** For `x-ostiary-debug`: the answers to requests that show it say what decided them. */
  debugToken(request: DebugTokenRequest): Promise<DebugTokenAnswer>;
  explain(request: ExplainRequest): Promise<Explanation>;
  reach(request: ReachRequest): Promise<ReachAnswer>;
  rotateKeys(): Promise<RotateKeysAnswer>;
  shadow(): Promise<ShadowAnswer>;
}

export interface RotateKeysAnswer {
  readonly keyId: string;
  readonly resealed: number;
  /** RFC 3339: when the new signing keys, which are published from now on, begin to sign. */
  readonly signsFrom: string;
}
