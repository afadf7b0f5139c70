/** What travels between the command line and a running gateway about decisions, as JSON. */

/** A request as the access log has it, or one that might be made. */
export interface RecordedRequest {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Canonical name of the Service that answered. */
  readonly service: string;
  /** `null`: nobody was signed in. */
  readonly user: string | null;
  /** The Credential that made the session. */
  readonly credential: string | null;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Characters of the query: what it was is not logged. */
  readonly queryLength: number;
  readonly httpVersion: string;
  readonly clientAddress: string;
  /** It is certain that no body came with it. */
  readonly hasNoBody: boolean;
}

/** What was decided, with what decided it. */
export interface Verdict {
  readonly effect: 'allow' | 'deny';
  readonly reason: string;
  readonly policy: string | null;
  readonly rule: string | null;
}

/** Requests of one user to one Service whose decision changes in one way. */
export interface DecisionChange {
  readonly service: string;
  /** `null`: whoever is not signed in. */
  readonly user: string | null;
  readonly from: Verdict['effect'];
  readonly to: Verdict['effect'];
  readonly count: number;
  /** The first ones that differ. */
  readonly samples: readonly ChangedRequest[];
}

export interface ChangedRequest {
  readonly request: Pick<RecordedRequest, 'time' | 'method' | 'host' | 'path'>;
  readonly before: Verdict;
  readonly after: Verdict;
}

/** Why requests were not decided, and how many. */
export interface Undecidable {
  readonly why: string;
  readonly count: number;
}

/** How often the shadow policies of a running gateway would have decided otherwise, since it was started. */
export interface ShadowAnswer {
  /** Every shadow policy of the configuration. */
  readonly policies: readonly string[];
  readonly disagreements: readonly ShadowDisagreement[];
}

export interface ShadowDisagreement {
  readonly policy: string;
  readonly service: string;
  readonly would: Verdict['effect'];
  readonly count: number;
}

/** Which decisions are to be compared beside the resources. */
export interface DecisionsWanted {
  /** Recorded ones; `null`: those that the gateway finds worth trying. */
  readonly requests: readonly CountedRequest[] | null;
  /** Requests to show of each change. */
  readonly samples: number;
}

export interface CountedRequest extends RecordedRequest {
  /** How many it stands for. */
  readonly count: number;
}

/** The decisions of two configurations about the same requests. */
export interface DecisionDiff {
  readonly compared: number;
  readonly changed: number;
  readonly changes: readonly DecisionChange[];
  /** Those that depend on what nobody knows of the request. */
  readonly undecidable: readonly Undecidable[];
  /** There were more requests than are compared. */
  readonly isCut: boolean;
}
