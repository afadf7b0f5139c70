import { Type } from 'typebox';
import { TextExpression } from '../expression.ts';
import { LocalName, whole, words } from '../scalars.ts';
import { annotate, field, list, required, type Static, strict, typed } from '../schema.ts';

/** Shares are compared with each other, so more digits say nothing. */
const MOST_WEIGHT = 1_000_000;
const MOST_SHARES = 100;

export const STICKY_WORDS = ['USER', 'SESSION', 'ADDRESS', 'COOKIE'] as const;
export type StickyWord = (typeof STICKY_WORDS)[number];

/** What a request has in common with those that get the same config. */
export const StickyBy = annotate(
  typed<StickyWord | TextExpression>(Type.Union([words(...STICKY_WORDS), TextExpression])),
  { 'x-expected': `${STICKY_WORDS.join(', ')}, {eval: …} or {liquid: …}`, 'x-exactly-one': [['eval', 'liquid']] },
);
export type StickyBy = Static<typeof StickyBy>;

const Share = strict({
  name: required(LocalName, 'The config; `default` for the default config.'),
  weight: required(whole(0, MOST_WEIGHT), 'Its share, beside the weights of the others; 0: it is never chosen.'),
});

/** Requests of one rule, spread over several configs. */
export const ConfigSplit = strict({
  configs: required(
    annotate(list(Share, MOST_SHARES), { 'x-unique-by': 'name' }),
    'Which configs, and how much of it.',
  ),
  stickyBy: field(StickyBy, 'What stays with one config; each request is drawn for itself when left out.'),
});
export type ConfigSplit = Static<typeof ConfigSplit>;
