import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Environment } from '../../../policies/cel/environment.ts';
import type { Entry, Expr, Syntax } from '../../../policies/cel/syntax/ast.ts';
import { parse } from '../../../policies/cel/syntax/parser.ts';
import { positionOf } from '../../../policies/cel/syntax/position.ts';
import { check } from '../../../policies/cel/types/check.ts';
import { typeText } from '../../../policies/cel/types/text.ts';
import { debugText } from '../../support/cel/debug-text.ts';
import { CASES, type Case, errorPlace, isAboutOptions, type Original } from './data.ts';
import { environmentFor } from './environment.ts';
import type { Declaration } from './json-forms.ts';
import { isLeftOut, LEFT_OUT, LEFT_OUT_OF_CHECKER } from './left-out.ts';
import { report } from './report.ts';

/** Numbers of two types were not compared when the data was made; the specification has it otherwise. */
const ACROSS_TYPES = /^(less|greater)(_equals)?_(int64|uint64|double)_(int64|uint64|double)$/;
const NOT_CHECKED = [...LEFT_OUT, ...LEFT_OUT_OF_CHECKER];
/** Its macros have other trees here: what cel-go repeats, or hands to a function of its own, is bound to a name. */
const OTHER_TREES = /\.optMap\(|\bcel\.(block|index|iterVar)\(/;

const STRING = { primitive: 'STRING' };

/** What the tests of cel-go's checker declare where they declare nothing of their own. */
const USUAL: readonly Declaration[] = [
  { name: 'is', ident: { type: STRING } },
  { name: 'ii', ident: { type: { primitive: 'INT64' } } },
  { name: 'iu', ident: { type: { primitive: 'UINT64' } } },
  { name: 'iz', ident: { type: { primitive: 'BOOL' } } },
  { name: 'ib', ident: { type: { primitive: 'BYTES' } } },
  { name: 'id', ident: { type: { primitive: 'DOUBLE' } } },
  { name: 'ix', ident: { type: { null: null } } },
  { name: 'fg_s', function: { overloads: [{ overloadId: 'fg_s_0', resultType: STRING }] } },
  {
    name: 'fi_s_s',
    function: {
      overloads: [{ overloadId: 'fi_s_s_0', params: [STRING], resultType: STRING, isInstanceFunction: true }],
    },
  },
];

type Checked = ReturnType<typeof check>;

interface CheckedSyntax {
  readonly syntax: Syntax;
  readonly checked: Checked;
}

function checkExpression(original: Original): CheckedSyntax {
  const environment = withoutMixed(environmentFor({ typeEnv: USUAL, ...original }));
  const parsed = parse(original.expr, environment.limits);
  if (!parsed.ok) assert.fail(parsed.problems[0]!.message);
  return { syntax: parsed.syntax, checked: check(parsed.syntax, environment) };
}

function withoutMixed(environment: Environment): Environment {
  const kept = Array.from(
    environment.functions,
    ([name, overloads]) => [name, overloads.filter(({ id }) => !ACROSS_TYPES.test(id))] as const,
  );
  return { ...environment, functions: new Map(kept) };
}

/** The type of a node and what it stands for: `~int^x`, `~bool^equals`. */
function meaning(node: Expr | Entry<unknown>, { types, references }: Checked): string {
  const type = types.get(node.id);
  if (!('kind' in node) || type === undefined) return '';
  const reference = references.get(node.id);
  if (reference === undefined) return `~${typeText(type)}`;
  const names = reference.kind === 'name' ? [reference.name] : reference.overloads.map(({ id }) => id).sort();
  return `~${typeText(type)}^${names.join('|')}`;
}

/** Names are written in full, as cel-go does once it knows them. */
function fullName(node: Expr, { references }: Checked): string | null {
  const reference = references.get(node.id);
  if (reference?.kind === 'name') return reference.name;
  const overload = reference?.overloads[0];
  return node.kind !== 'call' || overload === undefined || overload.isMethod ? null : overload.name;
}

function textOf({ syntax, checked }: CheckedSyntax): string {
  if (checked.problems.length > 0) return checked.problems.map(({ message }) => message).join('\n');
  return debugText(
    syntax.expr,
    (node) => meaning(node, checked),
    (node) => fullName(node, checked),
  );
}

test('every part has the type and the overloads that cel-go finds', () => {
  const all = CASES.filter(({ checkedAst }) => checkedAst !== undefined);
  const cases = all.filter(({ path, original }) => !isLeftOut(path, NOT_CHECKED) && !OTHER_TREES.test(original.expr));
  const checkTree = ({ original, checkedAst }: Case) => {
    assert.equal(textOf(checkExpression(original)), checkedAst);
  };
  report('checker', cases, checkTree, all.length - cases.length);
});

test('what cel-go does not accept is refused, the first problem at the same place', () => {
  const cases = CASES.filter((one) => one.path.startsWith('checking/') && isRefused(one));
  report('type error', cases, (one) => {
    const { problems } = checkExpression(one.original).checked;
    assert.ok(problems.length > 0, 'there is no problem');
    const { line, column } = positionOf(one.original.expr, problems[0]!.at);
    const place = errorPlace(one);
    assert.ok(place === `${line}:${column}` || isNextToName(one.original.expr, column, place), `${line}:${column}`);
  });
});

/** A name is told where it begins; cel-go has the dot before it or the bracket after it. */
function isNextToName(source: string, column: number, place: string | null): boolean {
  const theirs = Number(place?.split(':')[1]);
  return /^(\.|\w+)$/.test(source.slice(Math.min(column, theirs) - 1, Math.max(column, theirs) - 1));
}

function isRefused(one: Case): boolean {
  return one.error !== undefined && !isAboutOptions(one) && !isLeftOut(one.path, NOT_CHECKED);
}
