import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileTemplate } from '../../../policies/liquid/template.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { engine, input } from './fixtures.ts';

const headers = new HeaderList(['x-a', '1', 'x-a', '2', 'x-b', 'blue', 'x-n', '7']);
const given = () => input({ request: { headers } });

function rendered(source: string): string {
  const compiled = compileTemplate(source, engine);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  const result = compiled.text.evaluate(given());
  return result.kind === 'text' ? result.text : result.kind;
}

describe('what a template gives', () => {
  for (const [source, text] of [
    ['plain', 'plain'],
    ['{{ ctx.user.metadata.name }}', 'alice'],
    ['{{ctx.user.metadata.name}}!{ }', 'alice!{ }'],
    ['user-{{ ctx.user.metadata.name | upcase }}', 'user-ALICE'],
    ['{{ ctx.request.http.headers["x-b"] }} {{ ctx.request.http.headers.x-b }}', 'blue blue'],
    ['{{ ctx.request.http.headers[ctx.request.http.headers["x-none"]] }}-', '-'],
    ['{{ ctx.request.http.headersAll["x-a"] | join: "+" }}', '1+2'],
    ['{{ ctx.request.http.headers["x-n"] | plus: 1 }}', '8'],
    ['{{ ctx.user.spec.groups }}', 'dev'],
    ['{{ ctx.user.spec.groups.size }}{{ ctx.user.spec.groups.first }}{{ ctx.user.spec.groups[0] }}', '1devdev'],
    ['{{ ctx.request.time }}', '2026-11-18T12:00:00Z'],
    ['{{ ctx.request.time | date: "%Y-%m-%d %H" }}', '2026-11-18 12'],
    ['{% if ctx.user.spec.type == "HUMAN" %}h{% else %}w{% endif %}', 'h'],
    ['{% assign m = ctx.user.metadata %}{{ m.name }}', 'alice'],
    [
      '{% for h in ctx.request.http.headersAll %}{{ h[0] }}={{ h[1] | join: "," }};{% endfor %}',
      'x-a=1,2;x-b=blue;x-n=7;',
    ],
    ['{{ ctx.user.spec | json }}', '{"type":"HUMAN","groups":["dev"]}'],
    ['{{ ctx.user.spec.email | default: "nobody" }}', 'nobody'],
    ['by {{ ctx.user.spec.email }}', 'by '],
    ['{{ ctx.user.spec.email }}', 'absent'],
    ['{{ ctx.device.metadata.name }}', 'absent'],
    ['{{ ctx.user }}', 'error'],
    ['{{ ctx.request.http.headers["x-a"] }}', 'error'],
    ['{{ ctx.request.http.headers["x-a"] | upcase }}', 'error'],
    ['a\n{{ ctx.user.metadata.name }}', 'error'],
    ['{{ ctx.request.http.headers["x-b"] | append: "\n" | upcase }}', 'error'],
  ] as const) {
    test(JSON.stringify(source), () => assert.equal(rendered(source), text));
  }
});

test('a template of nothing that a request decides is worked out once', () => {
  const constantOf = (source: string) => {
    const compiled = compileTemplate(source, engine);
    return compiled.ok ? compiled.text.constant : compiled.problems;
  };
  assert.equal(constantOf('a{{ "b" | upcase }}{% if 1 < 2 %}c{% endif %}'), 'aBc');
  assert.equal(constantOf('{{ ctx.user.metadata.name }}'), undefined);
  assert.equal(constantOf('{{ "now" | date: "%s" }}'), undefined);
});

describe('mistakes are told with their place', () => {
  for (const [source, line, column, message, suggestion = null] of [
    ['{{ ctx.usr.name }}', 1, 4, /no field "usr"/, 'did you mean "user"?'],
    ['a\n {{ ctx.user.metadata.nme | upcase }}', 2, 5, /no field "nme"/, 'did you mean "name"?'],
    ['{{ user.metadata.name }}', 1, 4, /unknown name "user"/, 'did you mean "ctx.user"?'],
    ['{{ ctx.user.metadata.name | upcas }}', 1, 1, /undefined filter: upcas$/, 'did you mean "upcase"?'],
    ['{{ ctx.user.metadata.name | where_exp: "a", "b" }}', 1, 1, /undefined filter/],
    ['{% if ctx.user %}', 1, 1, /not closed/],
    ['{{ ctx.user', 1, 1, /not closed/],
    ['{% include "a" %}', 1, 1, /tag "include" not found/],
    ['{% render "a" %}', 1, 1, /tag "render" not found/],
    ['{% layout "a" %}', 1, 1, /tag "layout" not found/],
    ['{% block a %}{% endblock %}', 1, 1, /tag "block" not found/],
  ] as const) {
    test(JSON.stringify(source), () => {
      const compiled = compileTemplate(source, engine);
      const [problem] = compiled.ok ? [] : compiled.problems;
      assert.match(problem?.message ?? '', message);
      assert.doesNotMatch(problem?.message ?? '', /line:/);
      assert.deepEqual([problem?.line, problem?.column, problem?.suggestion], [line, column, suggestion]);
    });
  }
});

describe('outputs alone give what they give beside something else', () => {
  const PATHS = [
    ...['ctx.user.metadata.name', 'ctx.user.spec.groups', 'ctx.user.spec', 'ctx.request.time', 'ctx.request.http.size'],
    ...['ctx.request.http.headers["x-b"]', 'ctx.request.http.headers["x-a"]', 'ctx.request.http.headersAll["x-a"]'],
    ...['ctx.user.spec.email', 'ctx.device.metadata.name', 'ctx.request.http.body', 'ctx.request.http.bodyMap.a.b'],
  ];
  for (const path of PATHS) {
    test(path, () => assert.equal(rendered(`-{{ ${path} }}-`), rendered(`-{{ ${path} }}{{ "" }}-`)));
  }
});
