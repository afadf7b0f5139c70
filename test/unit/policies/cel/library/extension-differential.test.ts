/** Functions over texts against those of another engine, which counts units of UTF-16: texts without surrogates. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCelError, isCelList, run } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import fc from 'fast-check';
import { compile } from '../../../../../policies/cel/cel.ts';
import { environmentOf } from '../../../../../policies/cel/tool/environment.ts';
import { Failure } from '../../../../../policies/values/failure.ts';
import type { Result, Value } from '../../../../../policies/values/value.ts';

const FORMS = [
  ...['s.charAt(i)', 's.indexOf(t)', 's.indexOf(t, i)', 's.lastIndexOf(t)', 's.substring(i)', 's.substring(i, j)'],
  ...['s.replace(t, u)', 's.replace(t, u, n)', 's.split(t)', 's.split(t, -1)', '[s, t, u].join()', '[s, t].join(u)'],
  ...['s.lowerAscii()', 's.upperAscii()', 's.trim()', 'strings.quote(s)'],
  ...['"%s|%s|%s".format([s, i, [t, u]])', '"%d %b %o".format([i, j, n])', '"%x %X".format([s, t])'],
];

/** An empty text that is looked for is not made, nor are doubles, which the other engine writes as JavaScript does. */
const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'B', 'é', '%', ' ', '\t', '"', '\\', '$', '&'),
  maxLength: 8,
});
const part = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '$', '&'), minLength: 1, maxLength: 2 });
const index = fc.bigInt({ min: -1n, max: 9n });
const count = fc.bigInt({ min: 0n, max: 4n });

const bindings = fc.record({ s: text, t: part, u: text, i: index, j: index, n: count });
type Bindings = typeof bindings extends fc.Arbitrary<infer T> ? T : never;

const ours = new Map(FORMS.map((form) => [form, compile(form, environmentOf('', []), { check: false })]));

function given(form: string, values: Bindings): Result {
  const compiled = ours.get(form)!;
  assert.ok(compiled.ok, form);
  return compiled.expression.run(new Map<string, Value>(Object.entries(values)), 0);
}

test('functions over texts give what those of @bufbuild/cel give', () => {
  const agree = (form: string, values: Bindings) => {
    const theirs = run(form, values, { funcs: strings });
    const result = given(form, values);
    assert.equal(result instanceof Failure, isCelError(theirs), form);
    if (!isCelError(theirs)) assert.deepEqual(result, isCelList(theirs) ? [...theirs] : theirs, form);
  };
  fc.assert(fc.property(fc.constantFrom(...FORMS), bindings, agree), { numRuns: 2000 });
});
