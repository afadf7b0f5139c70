import { Bool, Duration, FromSecret, formatted, whole } from '../../model/scalars.ts';
import { field, list, required, type Static, strict } from '../../model/schema.ts';
import { Percent } from '../chance.ts';

export const MOST_BODY_SIZE = 1024 * 1024;
const MOST_REQUESTS = 256;

export const MirrorRules = strict({
  url: required(formatted('upstream-url', 2048), 'The second upstream: scheme, host and port.'),
  percent: field(Percent, 'Of how many requests in a hundred; all of them when left out.'),
  timeout: field(Duration, 'How long the second upstream may take for all of it; 5s when left out, 30s at most.'),
  maxRequests: field(whole(1, MOST_REQUESTS), 'Copies under way at a time; 32 when left out. Others are dropped.'),
  maxBodySize: field(
    whole(0, MOST_BODY_SIZE),
    'Bytes of a body that is copied; 65536 when left out. Requests with larger ones are dropped.',
  ),
  trustedCAs: field(list(formatted('pem', 65_536), 32), 'PEM certificates; they replace the system roots.'),
  clientCertificate: field(FromSecret, 'A Secret that holds our certificate, with its chain, and its key, all PEM.'),
  allowCredentialsAtTheSecondUpstream: field(
    Bool,
    'Copies have the credentials of the client and those for the first upstream, and say who asks, as the request does.',
  ),
});
export type MirrorRules = Static<typeof MirrorRules>;
