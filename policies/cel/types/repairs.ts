import type { Type } from './type.ts';

type Kind = Type['kind'];

interface Repair {
  /** Of the operators. */
  readonly names: ReadonlySet<string>;
  /** In this order or the other; `null`: of any type. */
  readonly kinds: readonly [Kind, Kind | null];
  readonly suggestion: string;
}

const EQUALITY: ReadonlySet<string> = new Set(['_==_', '_!=_']);
const COMPARISON: ReadonlySet<string> = new Set([...EQUALITY, '_<_', '_<=_', '_>_', '_>=_']);

/** What was probably meant; the first that fits is told. */
const REPAIRS: readonly Repair[] = [
  { names: EQUALITY, kinds: ['null', null], suggestion: 'ask whether it is there: has(…)' },
  { names: EQUALITY, kinds: ['list', 'string'], suggestion: 'ask whether it is in the list: "…" in list' },
  { names: COMPARISON, kinds: ['timestamp', 'string'], suggestion: 'write timestamp("…")' },
  { names: COMPARISON, kinds: ['duration', 'string'], suggestion: 'write duration("…")' },
  { names: EQUALITY, kinds: ['bool', 'string'], suggestion: 'true and false have no quotes' },
  ...(['int', 'uint', 'double'] as const).map((number) => ({
    names: COMPARISON,
    kinds: [number, 'string'] as const,
    suggestion: `convert one of them: string(…) or ${number}(…)`,
  })),
  { names: new Set(['@in']), kinds: ['string', 'string'], suggestion: 'write text.contains("…")' },
];

export function repairOf(name: string, types: readonly Type[]): string | null {
  const [left, right] = types;
  if (left === undefined || right === undefined) return null;
  const fits = ({ names, kinds: [one, other] }: Repair): boolean => {
    const areThese = (a: Type, b: Type) => a.kind === one && (other === null || b.kind === other);
    return names.has(name) && (areThese(left, right) || areThese(right, left));
  };
  return REPAIRS.find(fits)?.suggestion ?? null;
}
