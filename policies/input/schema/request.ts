import { absent, bytes, field, int, mapOf, object, optional, string, strings, timestamp } from './field.ts';

const TEXTS = mapOf({ kind: 'string' });
const LISTS = mapOf({ kind: 'list', of: { kind: 'string' } });

const http = object({
  method: string('Such as `GET`.'),
  scheme: string('`http` or `https`.'),
  host: string('Lower case, without port.'),
  path: string('Canonical, percent-encoded, without the query.'),
  uri: string('Path with query.'),
  protocol: string('Such as `HTTP/1.1`.'),
  size: optional(int('Bytes of the body; absent when they are not known.')),
  headers: field(
    TEXTS,
    'By lower-case name; one that was sent twice fails. `authorization` and other proofs are never there.',
  ),
  headersAll: field(LISTS, 'By lower-case name, a list of all values.'),
  query: field(TEXTS, 'Query parameters; one that was sent twice fails.'),
  queryParams: field(TEXTS, 'The same as `query`.'),
  queryAll: field(LISTS, 'Query parameters, a list of all values.'),
  cookies: field(TEXTS, "Cookies, without Ostiary's own; one that was sent twice fails."),
  body: bytes('The body, with `enableRequestBuffering`.'),
  bodyMap: field(mapOf({ kind: 'dyn' }), 'The JSON object, with buffering and `body.mode: JSON`.'),
});

const grpc = object({
  package: string('Such as `shop.v1`.'),
  service: string('Such as `Orders`.'),
  serviceFullName: string('Such as `shop.v1.Orders`.'),
  method: string('Such as `Get`.'),
  http: field(http, 'The HTTP request of the call, as `ctx.request.http`.'),
});

const certificate = object({
  subject: string('RFC 4514, such as `CN=robot,O=Example`.'),
  issuer: string('The same for who signed it.'),
  serialNumber: string('Hexadecimal, upper case.'),
  fingerprint: string('SHA-256, hexadecimal, lower case, without colons.'),
  dnsNames: strings('DNS names that it is for.'),
  emails: strings('E-mail addresses that it is for.'),
  uris: strings('URIs that it is for.'),
});

const tls = object({
  version: string('Such as `TLSv1.3`.'),
  serverName: optional(string('That the client asked for; absent when it asked for none.')),
  clientCertificate: optional(field(certificate, 'Verified; absent when the client showed none.')),
});

/** `ctx.request` */
export const REQUEST = object({
  ip: string("The client's address; behind trusted proxies the one that they state."),
  time: timestamp('When it is decided; the same as `now()`.'),
  http: field(http, 'The HTTP request.'),
  grpc: field(grpc, 'The call, on Services of mode GRPC; absent elsewhere.'),
  tls: field(tls, 'What TLS established; absent on cleartext connections.'),
  ...Object.fromEntries(
    ['mcp', 'llm', 'ssh', 'kubernetes', 'postgres', 'mysql', 'dns', 'socks5'].map((name) => [
      name,
      absent('A protocol that is not served yet.'),
    ]),
  ),
});
