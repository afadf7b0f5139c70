import { TextExpression } from '../../model/expression.ts';
import { Bool, Duration, whole, words } from '../../model/scalars.ts';
import { field, type Static, strict } from '../../model/schema.ts';

const MEBIBYTE = 1024 * 1024;

export const CacheRules = strict({
  store: field(
    words('MEMORY', 'REDIS'),
    'Where answers are kept: by each process (when left out), or for all gateways that share a Redis.',
  ),
  key: field(
    TextExpression,
    'What is asked for, instead of scheme, host, path and query. The identity and the fields of the request stay part of the key.',
  ),
  ttl: field(
    Duration,
    'The longest that an answer is used, and how long one is used that says nothing of it; 10m when left out.',
  ),
  maxSize: field(
    whole(1, 32 * MEBIBYTE),
    'Bytes of the largest body that is kept; 4 MiB when left out; with `REDIS` 1 MiB at most.',
  ),
  useXCacheHeader: field(Bool, 'Answers say `X-Cache: HIT` or `X-Cache: MISS`.'),
  allowUnsafeMethods: field(
    Bool,
    'Answers to POST are kept too, by the body of the request; the Service must buffer bodies.',
  ),
  allowSharingOfPublicAnswersBetweenIdentities: field(
    Bool,
    'Answers that the upstream marks `public` or with `s-maxage` are used for everybody.',
  ),
});
export type CacheRules = Static<typeof CacheRules>;
