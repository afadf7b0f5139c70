const CERTIFICATES = 'certificates are verified before a policy is asked; see ctx.request.tls';

/** Functions that are left out on purpose, with the reason. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['crypto.x509.parse_certificates', CERTIFICATES],
  ['crypto.x509.parse_certificate_request', CERTIFICATES],
  ['crypto.x509.parse_and_verify_certificates', CERTIFICATES],
  ['crypto.x509.parse_and_verify_certificates_with_options', CERTIFICATES],
  ['http.send', 'a policy must not send requests; give what it needs as data or attrs'],
  ['net.lookup_ip_addr', 'a policy must not ask the network'],
  ['providers.aws.sign_req', 'a policy signs no requests'],
  ['io.jwt.encode_sign', 'a policy signs nothing'],
  ['io.jwt.encode_sign_raw', 'a policy signs nothing'],
  ['crypto.parse_private_keys', 'a policy holds no private keys'],
  ['crypto.x509.parse_rsa_private_key', 'a policy holds no private keys'],
  ['crypto.x509.parse_keypair', 'a policy holds no private keys'],
]);

/** Why a policy that needs the function is not accepted. */
export function refusalOf(name: string): string {
  const reason = REFUSED.get(name);
  return reason === undefined ? `the function ${name} is not supplied` : `the function ${name} is refused: ${reason}`;
}
