import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compile } from '../../../../../policies/cel/cel.ts';
import { environmentOf } from '../../../../../policies/cel/tool/environment.ts';
import { Failure } from '../../../../../policies/values/failure.ts';
import { FullMap } from '../../../../../policies/values/map.ts';
import { Optional, type Result, type Value } from '../../../../../policies/values/value.ts';

const numbers: readonly Value[] = Array.from({ length: 100_000 }, (_, i) => BigInt(i));

const VALUES: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['long', 'a'.repeat(1_000_000)],
  ['nearly', `b${'a'.repeat(8000)}`],
  ['letters', Array.from('a'.repeat(100_000))],
  ['numbers', numbers],
  ['lists', Array.from({ length: 2000 }, () => [1n])],
  ['optionals', numbers.map((number) => new Optional(number))],
  ['wide', FullMap.of(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, 'v'.repeat(100)]))],
]);

function evaluate(source: string): Result {
  const compiled = compile(source, environmentOf('', []), { check: false });
  assert.ok(compiled.ok, source);
  return compiled.expression.run(VALUES, 0);
}

/** Of each function one that would take long, or make something large. */
const COSTLY: Readonly<Record<string, readonly string[]>> = {
  texts: [
    'long.replace("", long)',
    'long.replace("a", long)',
    'long.replace("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")',
    'long.replace(nearly, "")',
    'long.split(nearly)',
    'long.indexOf(nearly)',
    'long.lastIndexOf(nearly, 999999)',
    'long.contains(nearly)',
    'letters.join(long)',
    'letters.exists(x, letters.join() == "")',
    'letters.all(x, long.split("a") == [])',
    'letters.exists(x, long.split("").size() == 1)',
    'letters.exists(x, long.reverse() == "")',
    'letters.exists(x, long.upperAscii() == "" || long.toLower() == "" || long.trim() == "")',
    'letters.exists(x, strings.quote(long) == "")',
    'letters.exists(x, long.substring(1) == "" || long.charAt(9) == "")',
    'letters.exists(x, base64.encode(bytes(long)) == "")',
    'letters.exists(x, base64.decode(long) == b"")',
  ],
  formats: [
    'letters.exists(x, "%s".format([long]) == "")',
    'letters.exists(x, "%X".format([long]) == "")',
    'letters.exists(x, "%s".format([wide]) == "")',
    'letters.exists(x, "%s".format([numbers]) == "")',
    'letters.exists(x, long.format([]) == "")',
    'letters.map(x, "%.1000f%.1000e".format([double(size(x)) / 3e200, double(size(x)) * 1e-300]))',
    'letters.exists(x, json.marshal(wide) == "")',
    'letters.exists(x, json.marshal([long]) == "")',
    'letters.exists(x, has(json.parse("{\\"a\\": \\"" + long + "\\"}").b))',
  ],
  lists: [
    'lists.range(9223372036854775807)',
    'lists.range(2000000)',
    'numbers.exists(x, numbers.slice(0, 90000) == [])',
    'numbers.exists(x, numbers.reverse() == [])',
    'numbers.exists(x, [numbers].flatten() == [])',
    'numbers.sort()',
    'numbers.exists(x, numbers.distinct() == [])',
    'lists.map(x, lists).flatten()',
    'numbers.map(x, [x]).distinct()',
    'numbers.exists(x, numbers.max() < 0 || math.greatest(numbers) < 0)',
    'numbers.exists(x, sets.contains(numbers, numbers) && false)',
    'sets.equivalent(lists, lists + [[2]] + lists) || sets.contains(numbers.map(x, [x]), lists + [[-1]])',
    'numbers.exists(x, numbers.hasAny([-1]) || !numbers.hasAll([1]))',
    'numbers.exists(x, optionals.unwrapOpt() == [])',
  ],
};

for (const [what, sources] of Object.entries(COSTLY)) {
  describe(`${what}: the budget ends`, () => {
    for (const source of sources) {
      test(source, () => {
        const started = performance.now();
        const result = evaluate(source);
        assert.ok(performance.now() - started < 3000, `took ${performance.now() - started} ms`);
        assert.equal(result instanceof Failure && result.kind, 'cost');
      });
    }
  });
}
