import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { html } from '../../../src/web/html.ts';
import { link } from '../../../src/web/link.ts';

describe('html', () => {
  test('escapes text in content and in attributes', () => {
    const attack = `"><script>alert('1')</script>&\``;
    const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&#96;';
    assert.equal(html`<p title="${attack}">${attack}</p>`.toString(), `<p title="${escaped}">${escaped}</p>`);
  });

  test('leaves markup of its own alone, also in lists', () => {
    const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`);
    assert.equal(html`<ul>${items}</ul>`.toString(), '<ul><li>a</li><li>&lt;b&gt;</li></ul>');
  });

  test('null is nothing, 0 is a number', () => {
    assert.equal(html`[${null}|${0}|${''}]`.toString(), '[|0|]');
  });

  test('text that looks like an assembled value is still escaped', () => {
    assert.equal(html`${['<i>', html`<b>x</b>`]}`.toString(), '&lt;i&gt;<b>x</b>');
  });

  test('no text brings in markup', () => {
    fc.assert(fc.property(fc.string(), (text) => !/[<>"'`]/.test(html`${text}`.toString())));
  });
});

describe('link', () => {
  for (const address of ['/', '/.ostiary/sign-in?to=x', 'https://echo.example.com/', 'http://localhost:8080/a?b=c']) {
    test(`accepts ${address}`, () => assert.equal(link(address), address));
  }
  const refused = ['javascript:alert(1)', ' javascript:alert(1)', 'JAVASCRIPT:x', 'data:text/html,x', '//evil.example'];
  for (const address of [...refused, '/\\evil.example', 'vbscript:x', 'relative', '']) {
    test(`refuses ${JSON.stringify(address)}`, () => assert.throws(() => link(address), { code: 'internal' }));
  }
});
