import { Type } from 'typebox';
import type { DecisionReason } from '../../../policies/decision.ts';
import type { Reason } from '../../gateway/reasons.ts';
import { Anything, Bool, LocalName, Text, Timestamp, text, words } from '../../model/scalars.ts';
import { field, list, required, type Static, strict } from '../../model/schema.ts';

/** What a decision, or a refusal by one of the steps up to the choice of a config, may say. */
const REASON_WORDS = [
  ...(['policy-allowed', 'anonymous', 'policy-denied', 'no-policy-match', 'policy-error', 'policy-cost'] as const),
  ...(['unauthenticated', 'session-not-active', 'session-expired', 'session-client-type'] as const),
  ...(['user-disabled', 'scope-insufficient', 'no-route', 'service-broken', 'service-disabled'] as const),
  ...(['no-config', 'config-error', 'method-refused', 'bad-path', 'bad-host', 'bad-header', 'bad-body'] as const),
  ...(['body-too-large', 'grpc-path', 'grpc-protocol', 'origin-refused'] as const),
] satisfies readonly (Reason | DecisionReason)[];

const names = (description: string) => field(list(LocalName, 100), description);

const Session = strict({
  type: field(words('CLIENT', 'CLIENTLESS'), 'CLIENTLESS when left out.'),
  isBrowser: field(Bool, 'True for people and false for machines when left out.'),
  state: field(words('ACTIVE', 'PENDING', 'REJECTED'), 'ACTIVE when left out.'),
  aal: field(words('AAL1', 'AAL2', 'AAL3'), 'Authenticator assurance level.'),
  scopes: field(list(Text, 128), 'Those of an access token.'),
  signedInAt: field(Timestamp, 'The time of the request when left out.'),
  expiresAt: field(Timestamp, 'An hour after the request when left out.'),
  identityProvider: field(LocalName, 'Who vouched for the user.'),
  credential: field(LocalName, 'A Credential of the resources, whose policies and scopes then count.'),
  country: field(text(2), 'Country code of `status.authentication.info.geoip`.'),
});
export type TestSession = Static<typeof Session>;

const Request = strict({
  method: field(text(32), 'GET when left out.'),
  grpc: field(text(512), 'Instead of method and url: the method of a gRPC Service, such as `shop.v1.Orders/Get`.'),
  url: field(text(8192), 'With the host, or a path when `service` is given.'),
  headers: field(Type.Record(Type.String(), Text, { maxProperties: 100 }), 'By name.'),
  body: field(Anything, 'Text, or a mapping that is sent as JSON.'),
  ip: field(text(64), "The client's address; 127.0.0.1 when left out."),
  time: field(Timestamp, 'When it is decided; the time of the test when left out.'),
});
export type TestRequest = Static<typeof Request>;

const given = {
  user: field(LocalName, 'Who asks: a User. Left out: nobody is signed in.'),
  anonymous: field(Bool, 'Nobody is signed in, though `defaults` have a user.'),
  groups: names("Instead of the user's own groups."),
  session: field(Session, 'How the user signed in.'),
  service: field(LocalName, 'The Service that a path is asked of.'),
  request: field(Request, 'What is asked.'),
  ip: field(text(64), 'The same as `request.ip`.'),
  time: field(Timestamp, 'The same as `request.time`.'),
};

const Given = strict(given);
export type Given = Static<typeof Given>;

const Expect = strict({
  decision: field(words('allow', 'deny'), 'Whether the request may pass.'),
  reason: field(words(...REASON_WORDS), 'Why.'),
  policy: field(text(256), 'The Policy that decides; an inline one as in `Service/api#name`.'),
  rule: field(text(128), 'Its rule; one without a name as in `rules[0]`.'),
  config: field(LocalName, 'The config that is chosen.'),
  shadow: field(words('allow', 'deny'), 'The decision with shadow policies enforced.'),
});
export type Expect = Static<typeof Expect>;

const name = field(text(256), 'Shown in the results; made of the rest when left out.');

const Case = strict({
  name,
  given: field(Given, 'What is tried.'),
  expect: required(Expect, 'What should come of it.'),
});
const Row = strict({ name, ...given, expect: required(Expect, 'What should come of it.') });

/** A document of a `*.test.yaml` file, its short forms written out. */
export const PolicyTest = strict({
  apiVersion: field(Type.Literal('core/v1'), 'May be left out.'),
  kind: Type.Literal('PolicyTest'),
  metadata: strict({
    name: required(text(128), 'Shown in the results.'),
    description: field(text(1024), 'What it is for.'),
  }),
  spec: strict({
    defaults: field(Given, 'For all cases; what a case gives comes first.'),
    cases: field(list(Case, 10_000), 'One after the other.'),
    table: field(list(Row, 10_000), 'The same with one row for a case.'),
  }),
});
export type PolicyTest = Static<typeof PolicyTest>;
