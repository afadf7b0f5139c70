/** What TLS established about whoever sent a request. */
export interface TlsPeer {
  /** Verified; `null`: none was shown. */
  readonly clientCertificate: {
    /** SHA-256 of the DER form, hexadecimal. */
    readonly fingerprint: string;
  } | null;
}

/** RFC 8705 3.1; `null`: the client showed no certificate. */
export function certificateThumbprint(tls: TlsPeer | null | undefined): string | null {
  const fingerprint = tls?.clientCertificate?.fingerprint;
  return fingerprint === undefined ? null : Buffer.from(fingerprint, 'hex').toString('base64url');
}
