import type { DirectoryChange } from '../../../identity/ports.ts';
import type { HeldAddress } from '../../compile/held-rows.ts';
import type { Grant, Question, Report } from '../../gateway/limits/messages.ts';
import type { Kind, Resource } from '../../model/index.ts';
import type { ScriptSet } from '../../scripts/host.ts';
import type { HandedSecret } from '../../secrets/handed-secrets.ts';
import type { SigningKeyData } from '../../secrets/signing/signing-key.ts';
import type { Figures } from '../../telemetry/metrics.ts';
import type { PublicAddresses } from '../data-plane.ts';
import type { InstallConfig } from '../install.ts';
import type { HandedRedis } from '../shared.ts';

/** What a supervisor asks of a worker. */
export interface WorkerApi {
  /** The first call. */
  start(begin: WorkerStart): Promise<PublicAddresses>;
  /** Resolves once this configuration serves every new request. */
  configure(configuration: HandedConfiguration): Promise<void>;
  /** Resolves once these are what is signed with, and published. */
  signingKeys(keys: readonly SigningKeyData[]): Promise<void>;
  figures(nothing: null): Promise<Figures>;
  /** Opens the access log again, after whoever rotates logs has moved it away, and reads certificate files again. */
  reload(nothing: null): Promise<void>;
  /** Another process has ended or changed this session. */
  sessionChanged(uid: string): void;
  /** A process has ended that may have had no time to tell what it changed. */
  sessionsMayHaveChanged(nothing: null): void;
  /** Gives back what it may let through and has not. */
  recallLimit(what: { readonly id: string; readonly key: string }): Promise<Report>;
  stopAccepting(nothing: null): Promise<void>;
  /** Stops accepting, lets requests under way finish for at most `ms`, and ends. */
  drain(ms: number): void;
}

/** What a worker asks of its supervisor. */
export interface SupervisorApi {
  sessionChanged(uid: string): void;
  /** Resolves once every worker serves what was changed. */
  changeDirectory(changes: readonly DirectoryChange[]): Promise<void>;
  /** Resolves once it is counted. */
  takeLimit(question: Question): Promise<Grant>;
  giveBackLimits(reports: readonly Report[]): void;
  /** This worker is about to end by itself: another one is needed. */
  failing(nothing: null): void;
}

export interface WorkerStart {
  /** Without what cannot be printed, which does not travel. */
  readonly install: InstallConfig;
  readonly redis: HandedRedis | null;
  /** PEM certificates that upstreams may present beside the system's roots. */
  readonly extraCas: readonly string[];
  /** The key that sign-ins under way are sealed with, in the browsers that began them. */
  readonly signInKey: Uint8Array;
  readonly signingKeys: readonly SigningKeyData[];
  readonly configuration: HandedConfiguration;
}

/** One generation as plain data: all that a worker needs to compile the snapshot that its supervisor has checked. */
export interface HandedConfiguration {
  readonly generation: number;
  readonly resources: readonly HandedResource[];
  readonly broken: readonly HandedBroken[];
  readonly faults: ReadonlyMap<string, string>;
  readonly held: readonly HeldAddress[];
  readonly secrets: readonly HandedSecret[];
  /** As they were tried out. */
  readonly scripts: ScriptSet;
}

/** Without the text that it was read from, whose mistakes were told already, and without the value of a Secret. */
export interface HandedResource {
  readonly resource: Resource;
  readonly file: string;
}

export interface HandedBroken {
  readonly kind: Kind;
  readonly name: string;
  readonly resource: Resource | null;
  readonly because: string;
  readonly file: string;
}
