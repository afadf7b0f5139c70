import type { Builtins } from './builtin.ts';
import { DIGESTS } from './digests.ts';
import { ENCODINGS } from './encodings.ts';
import { TOKENS } from './jwt.ts';
import { MISCELLANEOUS } from './misc.ts';
import { NETWORKS } from './networks.ts';
import { OBJECTS } from './objects.ts';
import { PATTERNS } from './patterns.ts';
import { SEMVER } from './semver.ts';
import { TEXTS } from './texts.ts';
import { TIMES } from './times.ts';
import { UNIT_FUNCTIONS } from './units.ts';
import { UUIDS } from './uuid.ts';
import { YAML } from './yaml.ts';

/** The functions that a module expects of its host; all others are part of the module. */
export const BUILTINS: Builtins = new Map([
  ...DIGESTS,
  ...ENCODINGS,
  ...MISCELLANEOUS,
  ...NETWORKS,
  ...OBJECTS,
  ...PATTERNS,
  ...SEMVER,
  ...TEXTS,
  ...TIMES,
  ...TOKENS,
  ...UNIT_FUNCTIONS,
  ...UUIDS,
  ...YAML,
]);
