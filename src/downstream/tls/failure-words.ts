/** What OpenSSL calls the usual failures, and what has happened. */
const WORDS: Readonly<Record<string, string>> = {
  ERR_SSL_HTTP_REQUEST: 'it spoke plain HTTP',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it did not speak TLS (a PROXY header is taken from trustedProxies only)',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'it showed no certificate',
  ERR_SSL_NO_SHARED_CIPHER: 'no cipher suite is known to both',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it knows no version of TLS that is allowed here',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not trust the issuer of the certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'it does not accept the certificate',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it does not accept the certificate',
  ECONNRESET: 'it went away',
};

/** Why a handshake failed, of the client; the code for what is not usual. */
export function failureWords(error: Error): string {
  const code = 'code' in error ? String(error.code) : error.message;
  return WORDS[code] ?? code;
}
