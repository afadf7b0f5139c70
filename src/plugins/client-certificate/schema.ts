import { Bool, nameOf, text } from '../../model/scalars.ts';
import { annotate, field, list, required, type Static, strict } from '../../model/schema.ts';

const fingerprint = annotate(text(128), { 'x-expected': 'a SHA-256 fingerprint in hexadecimal' });

const Rule = strict({
  user: required(nameOf('User'), 'Who acts with it.'),
  subject: field(text(1024), 'Its whole subject, as in `CN=robot,O=Example` (RFC 4514).'),
  issuer: field(text(1024), 'The whole name of the authority that issued it.'),
  fingerprint: field(fingerprint, 'SHA-256 of the certificate, with colons or without.'),
  dnsName: field(text(253), 'One of its DNS names; `*` stands for itself.'),
  email: field(text(320), 'One of its e-mail addresses.'),
  uri: field(text(2048), 'One of its URIs, such as a SPIFFE ID.'),
});
export type CertificateRule = Static<typeof Rule>;

export const ClientCertificates = strict({
  rules: required(list(Rule, 1000), 'Certificates and their Users; the first rule that is met counts.'),
  letUnlistedCertificatesProveNothing: field(
    Bool,
    'Whoever shows a certificate that no rule is for is identified by other means, and not refused.',
  ),
});
export type ClientCertificates = Static<typeof ClientCertificates>;
