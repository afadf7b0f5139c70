/** A request for access as the command line shows it. */
export interface AccessRequestInfo {
  readonly id: string;
  readonly state: 'open' | 'granted' | 'refused' | 'revoked' | 'expired';
  readonly user: string;
  readonly service: string;
  readonly reason: string;
  /** Milliseconds. */
  readonly wanted: number;
  /** RFC 3339. */
  readonly askedAt: string;
  readonly decidedBy: string | null;
  /** RFC 3339; end of what was granted. */
  readonly until: string | null;
}

export interface AccessDecision {
  readonly id: string;
  readonly decision: 'approve' | 'refuse' | 'revoke';
  /** Of an approval, in milliseconds; `null`: as long as was asked for, within the rules. */
  readonly durationMs: number | null;
}
