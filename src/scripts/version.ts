import type { HookName } from '../plugins/script/host.ts';

/** What a manifest says, with everything that it leaves out. */
export interface ScriptSettings {
  readonly name: string;
  readonly version: string;
  /** Its place among the scripts of a list; `null`: anywhere. */
  readonly order: number | null;
  /** JSON schema of its configuration; `null`: it takes none. */
  readonly schema: Readonly<Record<string, unknown>> | null;
  readonly body: 'none' | 'text' | 'json';
  readonly maxBodySize: number;
  readonly network: boolean;
  readonly showsCredentials: boolean;
  /** Milliseconds that a hook may compute before it waits, or gives something. */
  readonly runMs: number;
  /** Milliseconds until it has given something. */
  readonly answerMs: number;
  /** Of the heap and of what lies outside it, each. */
  readonly memoryMib: number;
  readonly threads: number;
}

/** A plugin as it was read, and not run yet. Plain data, so that it can be handed to other processes. */
export interface ScriptSource {
  readonly settings: ScriptSettings;
  /** The directory with the manifest. */
  readonly directory: string;
  /** URL of the module with the hooks. */
  readonly main: string;
  /** The texts of its files by URL: threads that start later run the same, whatever has become of the files. */
  readonly files: ReadonlyMap<string, string>;
  /** Of all that it consists of. */
  readonly digest: string;
}

/** One that was tried out and works. */
export interface ScriptVersion extends ScriptSource {
  readonly hooks: readonly HookName[];
}
