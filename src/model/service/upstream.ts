import { Type } from 'typebox';
import { Bool, Duration, FromSecret, formatted, LocalName, text, whole, words } from '../scalars.ts';
import { annotate, field, list, planned, type Static, strict } from '../schema.ts';
import { Container } from './container.ts';

const o = Type.Optional;

/** Every limit has a default; none can be switched off. */
export const UpstreamTimeouts = strict({
  connect: field(Duration, 'Until the connection stands, TLS included; 5 s when left out.'),
  firstByte: field(Duration, 'From the end of the request to the head of the answer; 60 s when left out.'),
  idle: field(Duration, 'Between two pieces of the answer; 60 s when left out.'),
  total: field(Duration, 'From the first byte sent to the last byte received; 1 h when left out.'),
});
export type UpstreamTimeouts = Static<typeof UpstreamTimeouts>;

const url = formatted('upstream-url', 2048);

const healthCheck = strict({
  path: o(text(2048)),
  interval: o(Duration),
  timeout: o(Duration),
  healthyThreshold: o(whole(1)),
  unhealthyThreshold: o(whole(1)),
  expectedStatus: o(list(whole(100, 599), 32)),
});

const loadbalance = strict({
  endpoints: list(strict({ url, user: o(LocalName), weight: o(whole(0, 65_535)) }), 100),
  policy: o(words('RANDOM', 'ROUND_ROBIN', 'LEAST_REQUEST', 'HASH')),
  healthCheck: o(healthCheck),
});

const UNTIL_CONTAINERS = 'the Service answers 503 service-broken until container upstreams are implemented';

export const UPSTREAM_FORMS = ['url', 'loadbalance', 'container'] as const;

/** Where the requests of a config go. */
export const ConfigUpstream = strict(
  {
    url: field(url, 'Scheme, host and port; a path in it is not used.'),
    container: field(annotate(Container, { 'x-until-then': UNTIL_CONTAINERS }), 'A container that is run for it.'),
    timeouts: field(UpstreamTimeouts, 'How long to wait.'),
    loadbalance: planned(loadbalance, 'balancing over several endpoints', 'use url with one address'),
    user: planned(LocalName, 'reverse tunnels'),
  },
  // A config that is laid over a parent may add timeouts alone, so none at all is judged in check/service.ts.
  { 'x-at-most-one': [UPSTREAM_FORMS] },
);
export type ConfigUpstream = Static<typeof ConfigUpstream>;

const pem = formatted('pem', 65_536);

/** TLS towards the upstream. */
export const UpstreamTls = strict({
  trustedCAs: field(list(pem, 32), 'PEM certificates; they replace the system roots.'),
  appendToSystemPool: field(Bool, 'Add trustedCAs to the system roots instead of replacing them.'),
  insecureSkipVerify: field(Bool, "Do not check the upstream's certificate."),
  clientCertificate: planned(FromSecret, 'client certificates towards upstreams'),
});
export type UpstreamTls = Static<typeof UpstreamTls>;

/** The older form of `tls`. */
export const OldClientCertificate = strict({ trustedCAs: o(list(pem, 32)), fromSecret: o(LocalName) });
