/** The moments that scripts act at. */
export const HOOK_NAMES = ['onRequest', 'onResponse'] as const;
export type HookName = (typeof HOOK_NAMES)[number];

/** One version of a script, as plugins call it. */
export interface Script {
  readonly name: string;
  readonly version: string;
  readonly hooks: readonly HookName[];
  /** JSON schema of its configuration; `null`: it takes none. */
  readonly schema: Readonly<Record<string, unknown>> | null;
  readonly body: 'none' | 'text' | 'json';
  /** Bytes. */
  readonly maxBodySize: number;
  readonly showsCredentials: boolean;
  /** Calls a hook in a thread of the script. Never rejects. */
  call(question: ScriptQuestion): Promise<ScriptReply>;
}

/** Plain data: it is copied into the thread. */
export interface ScriptQuestion {
  readonly hook: HookName;
  readonly subject: object;
  readonly context: object;
  /** JSON of the configuration. */
  readonly config: string;
}

export type ScriptReply =
  /** What it gave, as JSON has it; `undefined`: nothing. Whatever that is: nobody has looked at it yet. */
  | { readonly kind: 'given'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly because: string }
  /** It was not even begun. */
  | { readonly kind: 'busy'; readonly because: string };

export type FoundScript =
  | { readonly kind: 'found'; readonly script: Script }
  | { readonly kind: 'missing'; readonly message: string; readonly suggestion: string }
  /** Scripts are not known here, so nothing is said of them. */
  | { readonly kind: 'unknown' };

/** What a process knows of scripts. */
export interface Scripts {
  find(name: string): FoundScript;
  /** The place that the author of a script gave it among others; `null`: anywhere, or it is not known. */
  orderOf(name: string): number | null;
}
