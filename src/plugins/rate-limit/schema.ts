import { CelSource } from '../../model/condition.ts';
import { LiquidSource } from '../../model/liquid.ts';
import { Bool, Duration, formatted, text, whole, words } from '../../model/scalars.ts';
import { field, required, type Static, strict } from '../../model/schema.ts';
import { ANSWER_FIELDS } from '../direct/schema.ts';

const KINDS = {
  eval: field(CelSource, 'CEL that gives a text: requests with the same one count together.'),
  liquid: field(LiquidSource, 'The same in Liquid.'),
  perSession: field(Bool, 'Those of a session.'),
  perUser: field(Bool, 'Those of a User.'),
  perAddress: field(Bool, "Those of a client's address, of IPv6 those of a /64."),
  header: field(formatted('header-name', 256), 'Those with the same value of a request header.'),
  claim: field(text(256), 'Those with the same value of a claim of a token of another issuer.'),
};

export const LimitKey = strict(KINDS, { 'x-exactly-one': [Object.keys(KINDS)] });
export type LimitKey = Static<typeof LimitKey>;

const MOST = 1_000_000_000;

const STORE_FIELDS = {
  store: field(
    words('LOCAL', 'REDIS'),
    'Where it is counted: in this gateway (when left out), or for all gateways that share a Redis.',
  ),
  onStoreFailure: field(
    words('REFUSE', 'COUNT_IN_THIS_GATEWAY_ALONE', 'ALLOW_WITHOUT_COUNTING'),
    'What becomes of requests while Redis cannot be asked; they are refused when it is left out.',
  ),
};
const CountingStore = strict(STORE_FIELDS);
export type CountingStore = Static<typeof CountingStore>;

/** What every plugin that counts has. */
export const COUNTING_FIELDS = {
  ...STORE_FIELDS,
  limit: required(whole(1, MOST), 'How many requests.'),
  key: field(LimitKey, 'Which requests count together. Left out: those of a session, else of an address.'),
  ...ANSWER_FIELDS,
};

export const RateLimit = strict({
  ...COUNTING_FIELDS,
  window: field(Duration, 'In how much time; `concurrency` has none.'),
  algorithm: field(
    words('sliding-window', 'fixed-window', 'token-bucket', 'leaky-bucket', 'concurrency'),
    'How it is counted; `sliding-window` when left out.',
  ),
  burst: field(whole(0, MOST), 'Buckets: how many may come at once, or wait for their turn.'),
});
export type RateLimit = Static<typeof RateLimit>;
