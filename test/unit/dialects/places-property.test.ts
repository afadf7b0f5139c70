import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Document, parse, Scalar } from 'yaml';
import { readYaml } from '../../../src/dialects/yaml.ts';

const STYLES = [
  Scalar.PLAIN,
  Scalar.QUOTE_SINGLE,
  Scalar.QUOTE_DOUBLE,
  Scalar.BLOCK_LITERAL,
  Scalar.BLOCK_FOLDED,
] as const;

const word = fc.constantFrom('ctx.user', '==', '"a"', "'b'", 'in', '\\d', '&&', ' ', '  ', 'é', '😀', 'x'.repeat(40));
const line = fc.array(word, { maxLength: 6 }).map((words) => words.join(' ').trimEnd());
const expression = fc.array(line, { minLength: 1, maxLength: 5 }).map((lines) => lines.join('\n'));

/** How `text` is written in a file that `yaml` makes; it may choose another style, and folds long lines. */
function written(text: string, style: (typeof STYLES)[number]): string {
  const scalar = new Scalar(text);
  scalar.type = style;
  return new Document({ kind: 'Group', spec: { deep: [{ match: scalar }] } }).toString({ lineWidth: 60 });
}

test('every character of a text is found where it stands, however the text is written', () => {
  fc.assert(
    fc.property(expression, fc.constantFrom(...STYLES), (text, style) => {
      const file = written(text, style);
      fc.pre(parse(file).spec.deep[0].match === text); // the package folds some lines that it may not
      const [document] = readYaml(file, 'in.yaml').documents;
      const lines = file.split('\n');
      for (const [i, one] of text.split('\n').entries()) {
        for (const [j, character] of [...one].entries()) {
          if (/[\s"'\\]/.test(character)) continue; // may be written in another way
          const { line: at, column } = document!.source.locateInText(['spec', 'deep', 0, 'match'], i + 1, j + 1);
          assert.ok(lines[at - 1]!.slice(column - 1).startsWith(character), `${i + 1}:${j + 1} of ${file}`);
        }
      }
    }),
    { numRuns: 1000 },
  );
});
