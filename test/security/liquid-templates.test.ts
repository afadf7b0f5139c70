/** Templates that are meant to hold a worker, to fill its memory or to reach what is not theirs. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCelEngine } from '../../policies/cel/engine.ts';
import { compileTemplate } from '../../policies/liquid/template.ts';
import { HeaderList } from '../../src/base/header-list.ts';
import { input } from '../unit/policies/fixtures.ts';

const engine = createCelEngine();
const LONG = 'a'.repeat(60_000);
const json = {
  long: LONG,
  near: `${'a'.repeat(30_000)}b`,
  spaces: `${' '.repeat(60_000)}x`,
  other: `${'a'.repeat(59_999)}b`,
  accents: 'é'.repeat(60_000),
  pair: [`${LONG}1`, `${LONG}2`],
  pairs: [{ k: `${LONG}1` }, { k: `${LONG}2` }],
  longs: Array.from({ length: 50 }, (_, i) => `${LONG}${i}`),
  list: Array.from({ length: 20_000 }, (_, i) => ({ n: i })),
  texts: Array.from({ length: 20_000 }, String),
  deep: JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`),
  n: 1_000_000_000,
  constructor: 'data',
  toString: 'data',
  size: 'data',
  ...JSON.parse('{"__proto__": {"polluted": "data"}}'),
};
const given = () =>
  input({ request: { headers: new HeaderList(['x-a', 'b']) }, body: { bytes: Buffer.from(LONG), json } });

/** What one may take at the very most, on a slow machine. */
const MOMENT_MS = 2000;
const BODY = 'ctx.request.http.bodyMap';

function outcome(source: string): string {
  const started = performance.now();
  const compiled = compileTemplate(source, engine);
  const result = compiled.ok ? compiled.text.evaluate(given()) : { kind: 'refused' as const };
  assert.ok(performance.now() - started < MOMENT_MS, `took ${performance.now() - started} ms`);
  return result.kind === 'text' ? result.text : result.kind;
}

const body = (filters: string) => `{{ ${BODY}.${filters} }}`;
const twice = (times: number, tag: string) => `{% assign s = ${BODY}.n | append: "aaaa" %}${tag.repeat(times)}{{ s }}`;

/** The list with its items standing in it a thousand times. */
const often = (name: string) => `{% assign l = ${BODY}.${name} %}${'{% assign l = l | concat: l %}'.repeat(10)}`;
/** `a` and `b` are compared to their ends. */
const ALIKE = `{% assign a = ${BODY}.long %}{% assign b = ${BODY}.other %}{% assign g = ${BODY} %}`;
const loop = (inner: string) => `{% for i in (1..400) %}${inner}{% endfor %}`;
const listed = (inner: string) => `${ALIKE}{% assign l = ${BODY}.longs %}{% assign o = ${BODY}.pairs %}${loop(inner)}`;

describe('work that grows is stopped', () => {
  for (const source of [
    `{% for i in (1..${BODY}.n) %}{% endfor %}`,
    `{% assign r = (1..${BODY}.n) %}`,
    `{% for i in ${BODY}.list %}{% for j in ${BODY}.list %}{% endfor %}{% endfor %}`,
    `{% assign l = ${BODY}.texts %}{% for i in l %}{% for j in l reversed limit: 1 %}{% endfor %}{% endfor %}`,
    `{% assign l = ${BODY}.texts %}{% for i in l %}{% endfor %}`,
    `{% for i in (1..3000) %}{{ ${BODY}.long }}{% endfor %}`,
    `{% capture c %}{{ ${BODY}.long }}{% endcapture %}{{ c }}{{ c }}`,
    `{% for i in (1..3000) %}${'static'.repeat(500)}{{ ${BODY}.none }}{% endfor %}`,
    `{% for i in (1..1000) %}{% if ${BODY}.long contains "b" %}{% endif %}{% endfor %}`,
    `{% if ${BODY}.long contains ${BODY}.near %}{% endif %}`,
    `{% for i in (1..1000) %}{% if ${BODY}.texts == ${BODY}.list %}{% endif %}{% endfor %}`,
    twice(40, '{% assign s = s | append: s %}'),
    twice(40, '{% assign s = s | replace: "a", "aa" %}'),
    twice(40, '{% assign s = s | split: "" | join: "aa" %}'),
    twice(60, '{% assign s = s | json | json | json %}'),
    body(`long | replace: "a", ${BODY}.long`),
    body(`long | replace: "", ${BODY}.long`),
    body(`long | remove: ${BODY}.near`),
    body(`long | split: ${BODY}.near`),
    body('long | split: "" | join: ","'),
    body('list | where: "n", 5 | size'),
    body('list | map: "n" | join'),
    body('texts | sort | first'),
    body('texts | uniq | size'),
    body('list | json'),
    body('deep | json'),
    body(`long | slice: 0, ${BODY}.n`),
    ...['url_encode', 'uri_escape', 'url_encode | url_decode | uri_escape | url_encode'].map(
      (filter) => `{% assign a = ${BODY}.accents %}${loop(`{% assign a = a | ${filter} %}`)}{{ a | size }}`,
    ),
    body(`accents | slugify: "pretty" ${'| slugify '.repeat(300)}`),
    ...['sort', 'sort_natural', 'append: ""', 'plus: 1', 'join', 'url_encode'].map(
      (filter) => `${often('pair')}{% assign m = l | ${filter} %}{{ m | size }}`,
    ),
    ...['sort: "k"', 'sort_natural: "k"', 'sum: "k"', 'map: "k" | append: ""'].map(
      (filter) => `${often('pairs')}{% assign m = l | ${filter} %}{{ m | size }}`,
    ),
    `${ALIKE}${loop(`{% if ${Array(200).fill('a > b').join(' or ')} %}{% endif %}`)}`,
    `${ALIKE}${loop(`{% case a %}{% when ${Array(100).fill('b').join(', ')} %}{% endcase %}`)}`,
    ...['{% assign m = g[l] %}', '{% for j in (l..1) %}{% endfor %}', '{% for j in (1..2) limit: l %}{% endfor %}'].map(
      listed,
    ),
    ...['{% cycle l: 1, 2 %}', '{% assign m = "abc" | slice: l %}', '{% assign m = o | map: l %}'].map(listed),
    `{{ "now" | date: "%${'9'.repeat(9)}d" }}`,
    `{% cycle ${Array.from({ length: 3 }, () => `${BODY}.long`).join(', ')} %}{{ ${BODY}.long }}{{ ${BODY}.long }}`,
    `{{ ctx.request.http.body | append: ctx.request.http.body }}`,
  ]) {
    test(source.length > 120 ? `${source.slice(0, 120)}…` : source, () => assert.equal(outcome(source), 'error'));
  }
});

describe('filters that look for patterns look once', () => {
  for (const filter of [
    'strip',
    'lstrip',
    'rstrip',
    'squish',
    'strip_newlines',
    'slugify',
    'truncatewords: 2',
    'escape',
  ]) {
    test(filter, () => assert.ok(['text', 'error'].includes(kindOf(outcome(body(`spaces | ${filter} | size`))))));
  }
  const kindOf = (text: string) => (/^\d+$/.test(text) ? 'text' : text);
});

describe('what is compiled ends too', () => {
  for (const source of [
    '{% for i in (1..100000000) %}{% endfor %}',
    `${'{% if true %}'.repeat(300)}`,
    `{{ ${'ctx['.repeat(900)}1${']'.repeat(900)} }}`,
    `{{ 1 ${'| plus: 1 '.repeat(400)} | nothing }}`,
    '{{ "a" | slice: 0, 1000000000 }}',
  ]) {
    test(`${source.slice(0, 60)}…`, () => assert.equal(outcome(source), 'refused'));
  }
});

describe('nothing behind a value can be reached', () => {
  const NAMES = [
    'constructor',
    'prototype',
    '__proto__',
    'toString',
    'valueOf',
    'hasOwnProperty',
    'then',
    'at',
    'call',
  ];
  for (const name of NAMES) {
    test(name, () => {
      for (const place of [
        'ctx.request.http.headers',
        'ctx.request.http.query',
        `${BODY}.texts[0]`,
        `${BODY}.list[0]`,
      ]) {
        assert.equal(outcome(`{{ ${place}["${name}"] }}`), 'absent', place);
        assert.equal(outcome(`{% assign p = ${place} %}{{ p.${name} }}`), 'absent', place);
        assert.equal(outcome(`{% assign k = "${name}" %}{{ ${place}[k] }}`), 'absent', place);
      }
      assert.equal(outcome(`{{ ${BODY}.list | map: "${name}" | first }}`), 'error');
      for (const source of [`{{ ${name} }}`, `{{ ctx.${name} }}`, `{{ ctx.user.${name} }}`, `{{ forloop.${name} }}`]) {
        assert.equal(outcome(source), 'refused', source);
      }
    });
  }

  test('names of a body are data', () => {
    assert.equal(outcome(body('constructor')), 'data');
    assert.equal(outcome(body('toString')), 'data');
    assert.equal(outcome(`{% assign b = ${BODY} %}{{ b.size }}`), 'data');
    assert.equal(outcome(`{% assign k = "polluted" %}{{ ctx.request.http.headers[k] }}`), 'absent');
    assert.equal(outcome(`{{ ${BODY} }}`), 'error');
  });

  test('nothing is kept from one request to the next', () => {
    assert.equal(outcome('{% increment n %}{{ ctx.user.metadata.name }}'), '0alice');
    assert.equal(outcome('{% increment n %}{{ ctx.user.metadata.name }}'), '0alice');
  });
});

test('fifty templates just below the limit end together', () => {
  const compiled = compileTemplate(`{% for i in (1..700) %}{{ ${BODY}.none }}{% endfor %}`, engine);
  assert.ok(compiled.ok);
  const shared = given();
  const kinds = Array.from({ length: 50 }, () => compiled.text.evaluate(shared).kind);
  assert.deepEqual([kinds[0], kinds.at(-1)], ['absent', 'error']);
});
