/**
 * What a script plugin is written against, version `ostiary/v1`. Types alone: they are gone once Node has stripped
 * them, so a plugin needs this package in its editor and not where it runs.
 */

/** Headers by name in lower case. Fields of one name are joined by `, `. */
export type Headers = Readonly<Record<string, string>>;

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A request as the upstream is going to see it: what plugins before this one have changed is changed here. */
export interface ScriptRequest {
  readonly method: string;
  /** Canonical and percent-encoded, without the query. */
  readonly path: string;
  /** After the question mark, without it; empty when there is none. */
  readonly query: string;
  /** Without what carries credentials, unless the manifest asks for it. */
  readonly headers: Headers;
  /** The address of the client, as trusted proxies state it. */
  readonly clientAddress: string;
  /** What `body` of the manifest asks for: text, the JSON value, or `null`, as for a request that has none. */
  readonly body: JsonValue;
}

/** The answer of the upstream, or of a plugin behind this one. */
export interface ScriptResponse {
  readonly status: number;
  /** Without `set-cookie` and whatever else carries credentials. */
  readonly headers: Headers;
}

export interface ScriptUser {
  readonly name: string;
  readonly type: 'HUMAN' | 'WORKLOAD';
  /** `null`: none is known. */
  readonly email: string | null;
  readonly groups: readonly string[];
}

export interface ScriptSession {
  readonly name: string;
  readonly isBrowser: boolean;
  /** What the token of another issuer, or a plugin that identifies, said of the user. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What a hook knows beside its subject. Frozen, and a copy: nothing of it is shared with the gateway. */
export interface ScriptContext<Config = unknown> {
  /** As in the access log. */
  readonly requestId: string;
  /** Canonical name of the Service. */
  readonly service: string;
  /** Of the Service that lists the plugin, valid by the schema of the manifest. */
  readonly config: Config;
  /** `null`: nobody was identified. */
  readonly user: ScriptUser | null;
  readonly session: ScriptSession | null;
}

/** A text sets the one field of that name, a list several of them, and `null` removes them. */
export type HeaderChanges = Readonly<Record<string, string | readonly string[] | null>>;

export interface RequestChanges {
  readonly headers?: HeaderChanges;
  readonly path?: string;
  readonly query?: string;
}

/** Instead of the upstream's. */
export interface ScriptAnswer {
  readonly answer: {
    /** From 200 to 599. */
    readonly status: number;
    readonly headers?: HeaderChanges;
    readonly body?: string;
  };
}

export interface ResponseChanges {
  /** Only where the answer has a body with either status, or with neither. */
  readonly status?: number;
  readonly headers?: HeaderChanges;
}

type Given<T> = T | undefined | Promise<T | undefined>;

/** Called before a request is sent on, once it is allowed. Giving nothing changes nothing. */
export type OnRequest<Config = unknown> = (
  request: ScriptRequest,
  context: ScriptContext<Config>,
) => Given<RequestChanges | ScriptAnswer>;

/** Called before an answer is sent to the client. `request` is what `onRequest` has seen, without its body. */
export type OnResponse<Config = unknown> = (
  response: ScriptResponse,
  context: ScriptContext<Config> & { readonly request: Omit<ScriptRequest, 'body'> },
) => Given<ResponseChanges>;
