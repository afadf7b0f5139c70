import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Branding } from '../../../src/model/index.ts';
import { logoFormat } from '../../../src/model/validate/formats/logo.ts';
import { accentStyle } from '../../../src/web/accent.ts';
import { assetResponse } from '../../../src/web/assets.ts';
import { brandFilling } from '../../../src/web/brand.ts';
import { contrast, parseHex } from '../../../src/web/colour.ts';
import { html } from '../../../src/web/html.ts';
import { page } from '../../../src/web/page.ts';
import { refusedPage } from '../../../src/web/pages/refused.ts';
import { pageResponse } from '../../../src/web/respond.ts';

const PNG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const plain = () => page({ title: 'Hello', body: html`<p>body</p>`, domain: 'example.com' });
const branded = (branding: Branding) => plain().filled(brandFilling(branding)).toString();

test('a page shows name, logo, colour and support of the operator, and nothing of it when there is none', () => {
  const markup = branded({
    name: 'Acme',
    logo: PNG,
    accentColor: '#AA0000',
    supportText: 'Call 123.',
    supportURL: 'https://help.example.com/',
  });
  for (const part of ['<title>Hello · Acme</title>', '<span class="domain">Acme</span>', `src="${PNG}"`]) {
    assert.ok(markup.includes(part), part);
  }
  assert.match(markup, /href="\/\.ostiary\/assets\/accent-aa0000\.css"/);
  assert.match(markup, /Call 123\. <a href="https:\/\/help\.example\.com\/" rel="noreferrer">Help<\/a>/);
  assert.match(markup, /Ostiary guards the services of example\.com\./);
  assert.match(plain().toString(), /<span class="domain">example\.com<\/span>/);
});

test('whom to turn to stands where access is denied, and is left out where nobody is named', () => {
  const refused = refusedPage({
    domain: 'example.com',
    reason: 'no-policy-match',
    requestId: 'r1',
    host: 'a.example.com',
    service: null,
    signedInAs: null,
    switchAccountUrl: null,
    portalUrl: null,
    access: null,
  });
  const contact = (branding: Branding) =>
    /<p class="contact">(.*?)<\/p>/.exec(String(refused.filled(brandFilling(branding))));
  assert.match(contact({ supportText: 'Call 123.' })?.[1] ?? '', /Call 123\./);
  assert.equal(contact({ name: 'Acme' }), null);
});

test('what an operator writes is text, whatever is in it, and the policy of pages stays as it is', () => {
  const evil = '"><script>alert(1)</script>';
  const markup = branded({ name: evil, supportText: evil });
  assert.doesNotMatch(markup, /<script>/);
  assert.throws(() => branded({ supportURL: 'javascript:alert(1)' }));
  const policy = (branding: Branding | undefined) =>
    pageResponse(200, plain(), { branding }).headers.get('content-security-policy');
  assert.equal(policy({ name: evil, accentColor: '#aa0000' }), policy(undefined));
});

test('an accent is readable in both schemes, whatever colour was chosen', () => {
  for (const colour of ['000000', 'ffffff', 'ffff00', '808080', '2f5d62', 'ff0000', '0000ff']) {
    const rules = [...accentStyle(colour).matchAll(/--brand: #(.{6}); .*--on-brand: #(.{6});/g)];
    assert.equal(rules.length, 2);
    for (const [i, ground] of ['f5f4f1', '1e2427'].entries()) {
      const [, brand = '', onBrand = ''] = rules[i]!;
      assert.ok(contrast(parseHex(brand), parseHex(ground)) >= 4.5, `${colour} as ${brand} on ${ground}`);
      assert.ok(contrast(parseHex(brand), parseHex(onBrand)) >= 4.5, `${onBrand} on ${brand}`);
    }
  }
});

test('the stylesheet of an accent is served for colours and for nothing else', () => {
  const style = assetResponse('/.ostiary/assets/accent-2f5d62.css', '');
  assert.equal(style?.headers.get('content-type'), 'text/css; charset=utf-8');
  for (const name of ['accent-2F5D62.css', 'accent-zzzzzz.css', 'accent-2f5d62;}body{.css', 'accent-.css']) {
    assert.equal(assetResponse(`/.ostiary/assets/${name}`, ''), null, name);
  }
});

test('a logo is a picture of a kind that carries no script, by its bytes and not by its name', () => {
  assert.equal(logoFormat(PNG), null);
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>').toString('base64');
  const wrong = [
    `data:image/svg+xml;base64,${svg}`,
    `data:image/png;base64,${svg}`,
    'https://example.com/logo.png',
    'data:text/html;base64,PGI+',
    `data:constructor;base64,${svg}`,
    `${PNG}" onerror="alert(1)`,
    `data:image/png;base64,iVBORw0KGgo${'A'.repeat(44_000)}`,
  ];
  for (const logo of wrong) assert.notEqual(logoFormat(logo), null, logo.slice(0, 60));
});
