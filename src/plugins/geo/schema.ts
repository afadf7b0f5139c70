import { formatted, text, whole, words } from '../../model/scalars.ts';
import { annotate, field, list, type Static, strict } from '../../model/schema.ts';
import { ANSWER_FIELDS } from '../direct/schema.ts';

const CONTINENTS = ['AF', 'AN', 'AS', 'EU', 'NA', 'OC', 'SA'] as const;
const MOST_ASN = 4_294_967_295;
/** Of `unknownAddresses`, against a list of who is let in. */
export const LETS_UNKNOWN_IN = 'ALLOW_ALTHOUGH_NOBODY_KNOWS_WHERE_THEY_ARE';

const Locations = strict({
  countries: field(annotate(list(text(2), 300), { 'x-unique': 'warning' }), 'Countries, by ISO 3166-1: `DE`.'),
  continents: field(annotate(list(words(...CONTINENTS), 7), { 'x-unique': 'warning' }), 'Continents: `EU`.'),
  asns: field(
    annotate(list(whole(1, MOST_ASN), 10_000), { 'x-unique': 'warning' }),
    'Networks, by the number of their autonomous system: `64496`.',
  ),
});
export type Locations = Static<typeof Locations>;

const HeaderName = formatted('header-name', 256);

const LocationHeaders = strict({
  country: field(HeaderName, 'Header with the country: `DE`.'),
  continent: field(HeaderName, 'Header with the continent: `EU`.'),
  city: field(HeaderName, 'Header with the English name of the city.'),
  asn: field(HeaderName, 'Header with the number of the autonomous system.'),
});
export type LocationHeaders = Static<typeof LocationHeaders>;

export const GeoRules = strict({
  allow: field(Locations, 'Only what is in one of these is let in; all when left out.'),
  deny: field(Locations, 'What is in one of these is not, even when `allow` has it.'),
  unknownAddresses: field(
    words('REFUSE', LETS_UNKNOWN_IN),
    'Addresses of which the databases do not know what a list asks: when left out, they are in no list.',
  ),
  requestHeaders: field(LocationHeaders, 'Headers in which the upstream is told; those of clients are removed.'),
  ...ANSWER_FIELDS,
  statusCode: field(whole(400, 599), 'Status of the answer to others; 403 when left out.'),
});
export type GeoRules = Static<typeof GeoRules>;
