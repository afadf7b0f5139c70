import type { ConfigSplit } from '../../src/model/index.ts';
import type { ConditionProblem } from '../condition.ts';
import type { Engine } from '../engine.ts';
import type { PolicyInput } from '../input.ts';
import { type Share, shareOf } from './shares.ts';
import { compileKey } from './sticky-key.ts';

/** How one of several configs was chosen. */
export interface SplitNote {
  readonly shares: readonly Share[];
  /** `eval`, `liquid`: by an expression; `null`: by nothing. */
  readonly stickyBy: string | null;
  /** Nothing of the request says which one: the next one like it may get another one. */
  readonly isDrawn: boolean;
  /** `Set-Cookie` by which a browser stays with it; `null`: it needs none. */
  readonly cookie: string | null;
}

export type SplitResult<C> =
  | { readonly kind: 'chosen'; readonly config: C; readonly note: SplitNote }
  | { readonly kind: 'error'; readonly detail: string };

/** Chooses among configs by their weights. Never throws. */
export type Split<C> = (input: PolicyInput) => SplitResult<C>;

export type SplitCompilation<C> =
  | { readonly ok: true; readonly split: Split<C> }
  /** Paths lead from `split`. */
  | { readonly ok: false; readonly problems: readonly ConditionProblem[] };

export interface SplitParts<C> {
  /** `null`: there is no config of that name, which `problem` says. */
  readonly configOf: (name: string) => C | null;
  readonly problem: (name: string) => Omit<ConditionProblem, 'path'>;
  readonly engine: Engine;
  /** Canonical name of the Service. */
  readonly salt: string;
}

export function compileSplit<C>({ configs, stickyBy }: ConfigSplit, parts: SplitParts<C>): SplitCompilation<C> {
  const { configOf, problem, engine, salt } = parts;
  const key = compileKey(stickyBy, engine);
  const known = configs.map(({ name, weight }) => ({ name, weight, config: configOf(name) }));
  const problems: ConditionProblem[] = [
    ...known.flatMap(({ name, config }, i) =>
      config === null ? [{ path: ['configs', i, 'name'], ...problem(name) }] : [],
    ),
    ...(key.ok ? [] : key.problems.map((one) => ({ path: ['stickyBy', languageOf(stickyBy)], ...one }))),
  ];
  if (!key.ok || problems.length > 0) return { ok: false, problems };
  const shares = known.flatMap(({ name, weight, config }) =>
    config === null || weight === 0 ? [] : [{ name, weight, config }],
  );
  if (shares.length === 0) return { ok: false, problems: [NOTHING_TO_CHOOSE] };
  const note = notes(configs, stickyBy);
  const split: Split<C> = (input) => {
    if (input.request === null) return NO_REQUEST;
    const given = key.keyOf(input, input.request);
    if (given.kind === 'error') return given;
    return { kind: 'chosen', config: shareOf(shares, salt, given.key).config, note: note(given) };
  };
  return { ok: true, split };
}

function languageOf(stickyBy: ConfigSplit['stickyBy']): 'eval' | 'liquid' {
  return typeof stickyBy === 'object' && stickyBy.liquid !== undefined ? 'liquid' : 'eval';
}

/** The same object for most requests. */
function notes(configs: readonly Share[], stickyBy: ConfigSplit['stickyBy']) {
  const shares = configs.map(({ name, weight }) => ({ name, weight }));
  const by = typeof stickyBy === 'object' ? languageOf(stickyBy) : (stickyBy ?? null);
  const found: SplitNote = { shares, stickyBy: by, isDrawn: false, cookie: null };
  const drawn: SplitNote = { ...found, isDrawn: true };
  return (
    given: { readonly kind: 'found' } | { readonly kind: 'drawn'; readonly cookie: string | null },
  ): SplitNote => {
    if (given.kind === 'found') return found;
    return given.cookie === null ? drawn : { ...drawn, cookie: given.cookie };
  };
}

const NOTHING_TO_CHOOSE: ConditionProblem = {
  path: ['configs'],
  line: 1,
  column: 1,
  message: 'no config has a weight above 0, so that none could be chosen',
  suggestion: null,
};

const NO_REQUEST = { kind: 'error', detail: 'there is no request to be split' } as const;
