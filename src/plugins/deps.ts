import type { Identification } from '../../identity/identification.ts';
import type { CompiledCondition } from '../../policies/condition.ts';
import type { CompiledText } from '../../policies/text.ts';
import type { Clock } from '../base/clock.ts';
import type { Converse } from '../gateway/conversation.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { Limits } from '../gateway/limits/limits.ts';
import type { Slot } from '../gateway/slot.ts';
import type { Condition } from '../model/condition.ts';
import type { ServiceMode } from '../model/index.ts';
import type { KeyPath } from '../model/source.ts';
import type { SharedAnswers } from './cache/shared-answers.ts';
import type { ResponseStore } from './cache/store.ts';
import type { Geo } from './geo/place.ts';
import type { ConversationTarget, Outbound, OutboundTarget } from './outbound.ts';
import type { Scripts } from './script/host.ts';

/** What plugins are handed when configuration is compiled. Paths lead from the plugin's own configuration. */
export interface PluginDeps {
  /** Tells a mistake at its place; the Service does not serve then. All of them are told at once. */
  readonly mistake: (path: KeyPath, message: string, suggestion?: string) => void;
  /** Compiles an expression that gives text, and tells its mistakes. */
  readonly compileText: (source: string, path: KeyPath) => CompiledText;
  /** Compiles a Liquid template, and tells its mistakes. */
  readonly compileTemplate: (source: string, path: KeyPath) => CompiledText;
  /** Compiles a condition, and tells its mistakes. */
  readonly compileCondition: (condition: Condition, path: KeyPath) => CompiledCondition;
  /** The one spelling of a path, `null` for a path that would be refused (`downstream/canonical`). */
  readonly canonicalPath: (path: string) => string | null;
  /** Room for what the plugin keeps of each exchange. */
  readonly slot: <T>() => Slot<T>;
  readonly clock: Clock;
  /** Counts for all processes together. */
  readonly limits: Limits;
  /** What all gateways with one Redis have in common; `null`: there is no Redis. */
  readonly shared: Shared | null;
  /** The answers that this process keeps, of all configs together. */
  readonly responses: ResponseStore;
  /** Who acts where a plugin has recognised a User. The same principal as long as nothing changes. */
  readonly recognised: (x: Exchange, recognised: RecognisedUser) => Identification;
  /** A way to ask another system of the installation; what is the same shares its connections. */
  readonly outbound: (target: OutboundTarget) => Outbound;
  /** Counts what it does beside the answer, by few words of its own, in the metrics. */
  readonly count: (event: string) => void;
  /** The installation lets plugins make requests fail on purpose. */
  readonly allowsFaults: boolean;
  /** Of its Service. */
  readonly mode: ServiceMode;
  /** A way to talk with one; what is the same shares its connection. Without the package for it, a mistake. */
  readonly converse: (target: ConversationTarget) => Converse;
  /** Where addresses are; `null`: the gateway was given no database that knows. */
  readonly geo: Geo | null;
  /** Plugins of the installation's own. */
  readonly scripts: Pick<Scripts, 'find'>;
  /** Where it stands, the same for every compilation and process: what counters and caches are kept by. */
  readonly place: PluginPlace;
}

export interface Shared {
  readonly limits: Limits;
  /** `null`: there is no key to protect them by. */
  readonly answers: SharedAnswers | null;
}

export interface RecognisedUser {
  readonly user: string;
  /** Which entry of the configuration it was, and never a secret: the session is told apart by it. */
  readonly entry: string;
  /** What policies see as `ctx.session.status.authentication.info.external.claims`. */
  readonly claims: Readonly<Record<string, string>>;
  /** It stood in Authorization, which is not passed on then. */
  readonly inAuthorization?: boolean;
}

export interface PluginPlace {
  /** Canonical name. */
  readonly service: string;
  /** `default`, or the name of the config that it was written in. */
  readonly config: string;
  /** Its name in the list, or that of the field that it carries out. */
  readonly plugin: string;
  /** Differs where the configuration around it does. */
  readonly fingerprint: () => string;
}
