import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { freeMap } from '../../../policies/input/plain.ts';
import { engine, input } from './fixtures.ts';

const attrs = freeMap({ a: [1, 'x', { b: null }] });
const FRAGMENTS = [
  ...[
    'ctx',
    'attrs',
    '.user',
    '.a',
    '["a"]',
    '[0]',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '1',
    '2.5',
    'true',
    'null',
  ],
  ...[' + ', ' - ', ' && ', ' || ', '!', ' == ', ' < ', ' in ', ' ? ', ' : ', ',', '.all(x, x)', '.map(x, x)', 'size('],
  ...[
    'now()',
    'has(',
    '.size()',
    'json.marshal(',
    '.hasAny(',
    '.max()',
    '.matches("(a")',
    '__proto__',
    'constructor',
    '\n',
  ],
];

test('no text makes the engine throw', () => {
  const words = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 12 }).map((parts) => parts.join(''));
  let evaluated = 0;
  fc.assert(
    fc.property(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 40 })), (source) => {
      const compiled = engine.compile(source, attrs);
      if (compiled.ok) {
        assert.ok(['value', 'missing', 'error', 'cost'].includes(compiled.program.evaluate(input()).kind));
        evaluated += 1;
      } else {
        assert.ok(compiled.problems.every(({ line, column }) => line >= 1 && column >= 1));
        assert.ok(compiled.problems.length > 0);
      }
    }),
    { numRuns: 3000 },
  );
  assert.ok(evaluated > 20, 'some of the texts are expressions');
});
