import type { Overload } from '../overload.ts';
import { BASE64 } from './base64.ts';
import { CLOCK } from './clock.ts';
import { EXTREMES } from './extremes.ts';
import { FORMATTING } from './format.ts';
import { JSON_TEXTS } from './json.ts';
import { LISTS } from './lists.ts';
import { MAP_INSERT } from './map-insert.ts';
import { MATH } from './math.ts';
import { NETWORK } from './network.ts';
import { OPTIONAL_VALUES } from './optionals.ts';
import { SETS } from './sets.ts';
import { SORTING } from './sort.ts';
import { TEXT_FORMS } from './text-forms.ts';
import { TEXT_PARTS } from './text-parts.ts';
import { TEXT_POSITIONS } from './text-positions.ts';

/** Functions of the usual extensions of the language, and Octelium's own. */
export const EXTENSIONS: readonly Overload[] = [
  ...TEXT_POSITIONS,
  ...TEXT_PARTS,
  ...TEXT_FORMS,
  ...FORMATTING,
  ...BASE64,
  ...MATH,
  ...EXTREMES,
  ...LISTS,
  ...SORTING,
  ...SETS,
  ...OPTIONAL_VALUES,
  ...MAP_INSERT,
  ...CLOCK,
  ...NETWORK,
  ...JSON_TEXTS,
];
