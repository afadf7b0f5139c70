/** The page of functions against those that there are; its examples are evaluated. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compile } from '../../../policies/cel/cel.ts';
import { DEFAULT_LIMITS } from '../../../policies/cel/environment.ts';
import { FUNCTIONS } from '../../../policies/cel/library/functions.ts';
import { MACROS } from '../../../policies/cel/syntax/macros/all.ts';
import { codesIn, tableUnder } from '../../support/markdown.ts';

const PAGE = join(import.meta.dirname, '../../../docs/functions.md');
const HEADINGS = [...readFileSync(PAGE, 'utf8').matchAll(/^## (.+)$/gm)].map(([, heading]) => heading!);
const ROWS = HEADINGS.filter((heading) => heading !== 'Operators').flatMap((heading) => tableUnder(PAGE, heading));
const ENVIRONMENT = { container: '', variables: new Map(), functions: FUNCTIONS, limits: DEFAULT_LIMITS };

/** What stands before the dot when it is no value. */
const NAMESPACES = /^(?:base64|cel|json|lists|math|net|sets|strings|time)\./;
/** `optional` is a namespace to some, and stands for a value elsewhere. */
const OF_OPTIONAL = /^optional\.(?:of|ofNonZeroValue|none|unwrap)\(/;

/** `list.flatten(depth)` is `.flatten/2`: the target counts. */
function keyOf(form: string): string {
  const [, path = '', args = ''] = /^([\w.]+)\((.*)\)$/.exec(form) ?? [];
  const count = args === '' ? 0 : args.split(',').length;
  const isFunction = NAMESPACES.test(form) || OF_OPTIONAL.test(form) || !path.includes('.');
  return isFunction ? `${path}/${count}` : `${path.slice(path.lastIndexOf('.'))}/${count + 1}`;
}

const DOCUMENTED = new Set(ROWS.flatMap(([forms]) => codesIn(forms ?? '')).map(keyOf));

/** Names that nobody can write are of operators and macros. */
const FORMS = new Set(
  Array.from(FUNCTIONS.values())
    .flat()
    .filter(({ name }) => !/[@!]|^_|_$/.test(name))
    .map(({ name, isMethod, params }) => `${isMethod ? '.' : ''}${name}/${params.length}`),
);

test('every form of every function is documented', () => {
  assert.deepEqual(
    [...FORMS].filter((form) => !DOCUMENTED.has(form)),
    [],
  );
});

test('every macro is documented', () => {
  const macros = Array.from(MACROS.values(), ({ name, of, arity }) => {
    const count = arity === 'any' ? 2 : arity;
    if (of === 'method') return `.${name}/${count + 1}`;
    return of === 'function' ? `${name}/${count}` : `${of.namespace}.${name}/${count}`;
  });
  assert.deepEqual(
    macros.filter((macro) => !DOCUMENTED.has(macro)),
    [],
  );
  const unknown = [...DOCUMENTED].filter((form) => !FORMS.has(form) && !macros.includes(form));
  assert.deepEqual(unknown, [], 'what is documented is there');
});

test('every example is true', () => {
  for (const [form, , example] of HEADINGS.flatMap((heading) => tableUnder(PAGE, heading))) {
    const source = example!.replace(/^`|`$/g, '');
    const compiled = compile(source, ENVIRONMENT);
    assert.ok(compiled.ok, `${form}: ${source}: ${compiled.ok ? '' : compiled.problems[0]?.message}`);
    assert.equal(compiled.expression.run(new Map(), Date.UTC(2026, 0, 1)), true, source);
  }
});
