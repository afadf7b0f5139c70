import { Bool, formatted } from '../../model/scalars.ts';
import { annotate, field, list, type Static, strict } from '../../model/schema.ts';

const hosts = annotate(list(formatted('host', 255), 1000), { 'x-unique': 'warning' });

export const ReferrerRules = strict({
  allow: field(hosts, 'Hosts whose pages may lead here; `*.example.com` for all names below one.'),
  deny: field(hosts, 'Hosts whose pages may not, whatever `allow` says.'),
  allowMissing: field(Bool, 'Requests without a Referer are let through.'),
});
export type ReferrerRules = Static<typeof ReferrerRules>;
