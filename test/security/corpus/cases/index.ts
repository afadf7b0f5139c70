import type { Case } from '../case.ts';
import { CHUNKS } from './chunks.ts';
import { CONTENT_LENGTHS } from './content-lengths.ts';
import { EXPECTATIONS } from './expectations.ts';
import { FIELDS } from './fields.ts';
import { HOP_BY_HOP } from './hop-by-hop.ts';
import { HOSTS } from './hosts.ts';
import { PATHS } from './paths.ts';
import { PIPELINES } from './pipelines.ts';
import { REQUEST_LINES } from './request-lines.ts';
import { SIZES } from './sizes.ts';
import { SPOOFING } from './spoofing.ts';
import { TARGETS } from './targets.ts';
import { TRANSFER_CODINGS } from './transfer-codings.ts';
import { UPGRADES } from './upgrades.ts';

export const CASES: readonly Case[] = [
  ...REQUEST_LINES,
  ...TARGETS,
  ...PATHS,
  ...HOSTS,
  ...TRANSFER_CODINGS,
  ...CONTENT_LENGTHS,
  ...CHUNKS,
  ...FIELDS,
  ...SPOOFING,
  ...HOP_BY_HOP,
  ...UPGRADES,
  ...EXPECTATIONS,
  ...PIPELINES,
  ...SIZES,
];
