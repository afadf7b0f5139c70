const HTTP_NAMES: ReadonlySet<string> = new Set([
  'method',
  'scheme',
  'host',
  'path',
  'uri',
  'protocol',
  'size',
  'headers',
  'headersAll',
  'query',
  'queryParams',
  'queryAll',
  'cookies',
  'body',
  'bodyMap',
]);

/**
 * The fields of `ctx` that are closed lists, by their path: an expression that names another one is a mistake.
 * Those of protocols that are not served yet are known words and simply absent.
 */
export const INPUT_SHAPE: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['ctx', new Set(['user', 'session', 'device', 'groups', 'service', 'namespace', 'request'])],
  [
    'ctx.request',
    new Set([
      'ip',
      'time',
      'http',
      'grpc',
      'tls',
      'mcp',
      'llm',
      'ssh',
      'kubernetes',
      'postgres',
      'mysql',
      'dns',
      'socks5',
    ]),
  ],
  ['ctx.request.http', HTTP_NAMES],
  ['ctx.request.grpc', new Set(['package', 'service', 'serviceFullName', 'method', 'http'])],
  ['ctx.request.grpc.http', HTTP_NAMES],
  ['ctx.request.tls', new Set(['version', 'serverName', 'clientCertificate'])],
  [
    'ctx.request.tls.clientCertificate',
    new Set(['subject', 'issuer', 'serialNumber', 'fingerprint', 'dnsNames', 'emails', 'uris']),
  ],
]);
