import { ENTRY_COST, OVER_BUDGET, spendKey } from '../../values/budget.ts';
import { Failure } from '../../values/failure.ts';
import { MapValue } from '../../values/map.ts';
import type { Result, Value } from '../../values/value.ts';
import type { Expr } from '../syntax/ast.ts';
import { MapBuilder } from './collections.ts';
import { noSuchOverload, notBool } from './failures.ts';
import { type Frame, type Operand, operand, type Step } from './frame.ts';
import { enter, itemsOf, type Loop } from './loop.ts';

interface ListShape {
  readonly test: Expr | null;
  readonly value: Expr;
}

interface MapShape extends ListShape {
  readonly key: Expr | null;
}

/** `map`, `filter` and `transformList` */
export function compileGatherList({ test, value }: ListShape, loop: Loop): Operand {
  const item = loop.compile(value).run;
  const gather = compileRounds(test, loop);
  return operand((frame) => {
    const list: Value[] = [];
    const failed = gather(frame, (inner) => {
      const found = item(inner);
      if (found instanceof Failure) return found;
      list.push(found);
      return null;
    });
    return failed ?? list;
  });
}

/** `transformMap` and `transformMapEntry` */
export function compileGatherMap({ test, key, value }: MapShape, loop: Loop): Operand {
  const insert = key === null ? insertEntries(loop) : insertOne(loop.compile(key).run, loop.at);
  const item = loop.compile(value).run;
  const gather = compileRounds(test, loop);
  return operand((frame) => {
    const map = new MapBuilder();
    const failed = gather(frame, (inner) => {
      const found = item(inner);
      return found instanceof Failure ? found : insert(map, found, inner);
    });
    return failed ?? map.finish();
  });
}

type Insert = (map: MapBuilder, value: Value, frame: Frame) => Failure | null;

function insertOne(key: Step, at: number): Insert {
  return (map, value, frame) => {
    const name = key(frame);
    if (name instanceof Failure) return name;
    return spendEntry(name, frame) ? map.add(name, value, at) : OVER_BUDGET;
  };
}

function insertEntries({ at }: Loop): Insert {
  return (map, entries, frame) => {
    if (!(entries instanceof MapValue)) return noSuchOverload('cel.@mapInsert', [entries], at);
    if (!frame.spend(entries.size)) return OVER_BUDGET;
    for (const key of entries.keys()) {
      if (!spendEntry(key, frame)) return OVER_BUDGET;
      const value = entries.get(key) ?? null;
      const problem = value instanceof Failure ? value : map.add(key, value, at);
      if (problem !== null) return problem;
    }
    return null;
  };
}

function spendEntry(key: Value, frame: Frame): boolean {
  return frame.spend(ENTRY_COST) && spendKey(key, frame);
}

type Rounds = (frame: Frame, take: (frame: Frame) => Failure | null) => Failure | null;

/** Calls `take` in each round whose test holds, until something fails. */
function compileRounds(test: Expr | null, { range, slots, weight, at, compile }: Loop): Rounds {
  const passes: Step = test === null ? () => true : compile(test).run;
  return (frame, take) => {
    const source = range.run(frame);
    const items = itemsOf(source, at, frame);
    if (items instanceof Failure) return items;
    for (let i = 0; i < items.length; i++) {
      if (!frame.spend(weight)) return OVER_BUDGET;
      enter(frame, slots, source, items, i);
      const passed: Result = passes(frame);
      if (passed === false) continue;
      const failed = passed === true ? take(frame) : notBool(passed, '_?_:_', at);
      if (failed !== null) return failed;
    }
    return null;
  };
}
