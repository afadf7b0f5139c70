import type { Condition } from '../../src/model/condition.ts';
import type { PolicySpec } from '../../src/model/policy.ts';
import { type Advice, adviceAt, type Path } from './advice.ts';

/** Rules of one name: whoever reads the log cannot tell which decided. */
export function repeatedNames({ rules = [] }: PolicySpec): Advice[] {
  return rules.flatMap(({ name }, i) => {
    const first = rules.findIndex((other) => other.name === name);
    if (name === undefined || first === i) return [];
    return [adviceAt(['rules', i, 'name'], `rules[${first}] has this name too`, 'give each rule a name of its own')];
  });
}

/** Texts and lists that are empty. */
export function emptyParts(condition: Condition, path: Path): Advice[] {
  const texts = (['match', 'not'] as const).filter((form) => condition[form] === '');
  const ofTexts = texts.map((form) =>
    adviceAt([...path, form], 'an empty text never matches', 'matchAny: true matches always, matchAny: false never'),
  );
  const ofLists = (['all', 'any', 'none'] as const).flatMap((form) =>
    ofList(condition[form]?.of, [...path, form, 'of']),
  );
  return [...ofTexts, ...ofLists];
}

function ofList(of: readonly Condition[] | undefined, path: Path): Advice[] {
  if (of?.length === 0)
    return [adviceAt(path, 'an empty list never matches', 'matchAny: true matches always, matchAny: false never')];
  return (of ?? []).flatMap((one, i) => emptyParts(one, [...path, i]));
}
