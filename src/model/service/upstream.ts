import { Type } from 'typebox';
import { Bool, Duration, FromSecret, formatted, LocalName, nameOf, text, whole, words } from '../scalars.ts';
import { annotate, field, list, planned, required, type Static, strict } from '../schema.ts';
import { Container } from './container.ts';

/** Every limit has a default; none can be switched off. */
export const UpstreamTimeouts = strict({
  connect: field(Duration, 'Until the connection stands, TLS included; 5 s when left out.'),
  firstByte: field(Duration, 'From the end of the request to the head of the answer; 60 s when left out.'),
  idle: field(Duration, 'Between two pieces of the answer; 60 s when left out.'),
  total: field(Duration, 'From the first byte sent to the last byte received; 1 h when left out.'),
});
export type UpstreamTimeouts = Static<typeof UpstreamTimeouts>;

const url = formatted('upstream-url', 2048);

const checkPath = Type.String({ maxLength: 2048, pattern: '^/[!-~]*$', 'x-expected': 'a path such as /healthz' });

const healthCheck = strict({
  type: field(
    words('HTTP', 'TCP', 'GRPC'),
    'A request, a connection, or the health protocol of gRPC. When left out: GRPC for mode GRPC, HTTP with a path, else TCP.',
  ),
  path: field(checkPath, 'What an HTTP check asks for; `/` when left out.'),
  expectedStatus: field(list(whole(200, 599), 32), 'What an HTTP check must be answered with; any 2xx when left out.'),
  service: field(text(256), 'What a gRPC check asks about; the whole server when left out.'),
  interval: field(Duration, 'From one check to the next, give or take a tenth; 10 s when left out.'),
  timeout: field(Duration, 'For one check; 5 s when left out.'),
  healthyThreshold: field(whole(1, 100), 'Successes in a row until it is used again; 2 when left out.'),
  unhealthyThreshold: field(whole(1, 100), 'Failures in a row until it is not used any more; 3 when left out.'),
});
export type HealthCheck = Static<typeof healthCheck>;

const hash = strict(
  {
    header: field(formatted('header-name', 256), 'The value of this request header.'),
    cookie: field(text(256), 'The value of this cookie.'),
    source: field(words('USER', 'CLIENT_ADDRESS'), 'Who asks, or from where.'),
  },
  { 'x-exactly-one': [['header', 'cookie', 'source']] },
);
export type Hash = Static<typeof hash>;

const outlier = strict({
  consecutiveFailures: field(whole(1, 1000), 'No answer, or a status from 500 on, in a row; 5 when left out.'),
  ejectionTime: field(Duration, 'How long it is left alone, twice as long each further time; 30 s when left out.'),
  maxEjectionTime: field(Duration, 'The longest of these; 5 min when left out.'),
  maxEjectedPercent: field(
    whole(1, 100),
    'How many are left alone at once; 50 when left out, at least one, never all.',
  ),
});
export type Outlier = Static<typeof outlier>;

const endpoint = strict({
  url: required(url, 'Scheme, host and port; a path in it is not used.'),
  weight: field(whole(0, 65_535), 'Its share; 1 when left out, 0 for no requests.'),
  user: planned(LocalName, 'reverse tunnels'),
});

export const LoadBalance = strict({
  endpoints: required(
    Type.Array(endpoint, { minItems: 1, maxItems: 100 }),
    'Where requests may go; all of one scheme.',
  ),
  policy: field(words('RANDOM', 'ROUND_ROBIN', 'LEAST_REQUEST', 'HASH'), 'Which gets a request; RANDOM when left out.'),
  hash: field(hash, 'What the policy HASH goes by.'),
  healthCheck: field(healthCheck, 'Endpoints are looked at, and those that are down are left out.'),
  outlier: field(outlier, 'Endpoints that keep failing are left alone for a while.'),
  slowStart: field(Duration, 'In which time an endpoint that came back gets all of its share.'),
});
export type LoadBalance = Static<typeof LoadBalance>;

/** Of one upstream in one process. */
export const UpstreamLimits = strict({
  connections: field(whole(1, 65_535), 'Open connections to one endpoint; 16384 when left out.'),
  pending: field(whole(0, 65_535), 'Requests that wait for a connection to one endpoint; 1024 when left out.'),
  requests: field(whole(1, 1_000_000), 'Requests under way to all endpoints; unlimited when left out.'),
  keepAlive: field(Duration, 'How long a connection is kept without use; 30 s when left out.'),
});
export type UpstreamLimits = Static<typeof UpstreamLimits>;

const UNTIL_CONTAINERS = 'the Service answers 503 service-broken until container upstreams are implemented';

export const UPSTREAM_FORMS = ['url', 'loadbalance', 'container'] as const;

/** Where the requests of a config go. */
export const ConfigUpstream = strict(
  {
    url: field(url, 'Scheme, host and port; a path in it is not used.'),
    container: field(annotate(Container, { 'x-until-then': UNTIL_CONTAINERS }), 'A container that is run for it.'),
    timeouts: field(UpstreamTimeouts, 'How long to wait.'),
    loadbalance: field(LoadBalance, 'Several endpoints.'),
    limits: field(UpstreamLimits, 'What is under way at most; more is refused with 503 upstream-busy.'),
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
  clientCertificate: field(FromSecret, 'A Secret that holds a certificate, with its chain, and its key, all PEM.'),
});
export type UpstreamTls = Static<typeof UpstreamTls>;

/** The older form of `tls`; what it says wins. */
export const OldClientCertificate = strict({
  trustedCAs: field(list(pem, 32), 'As in tls.'),
  fromSecret: field(nameOf('Secret'), 'As tls.clientCertificate.'),
});
export type OldClientCertificate = Static<typeof OldClientCertificate>;
