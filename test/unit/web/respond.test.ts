import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readBody } from '../../../src/gateway/body.ts';
import type { Response } from '../../../src/gateway/outcome.ts';
import { ASSET_PREFIX, assetResponse, assetUrl } from '../../../src/web/assets.ts';
import { html } from '../../../src/web/html.ts';
import { page } from '../../../src/web/page.ts';
import { pageResponse } from '../../../src/web/respond.ts';

async function textOf(response: Response): Promise<string> {
  const read = await readBody(response.body!, 1_000_000);
  assert.equal(read.kind, 'complete');
  return read.kind === 'complete' ? read.bytes.toString('utf8') : '';
}

describe('pageResponse', () => {
  test('forbids everything that our pages do not need', () => {
    const { status, headers } = pageResponse(403, html`<p>no</p>`);
    assert.equal(status, 403);
    assert.equal(
      headers.get('content-security-policy'),
      "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('referrer-policy'), 'same-origin');
    assert.equal(headers.get('content-type'), 'text/html; charset=utf-8');
  });

  test('is framed by nobody, but for the one page that says nothing about anybody', () => {
    const policy = pageResponse(200, html`x`, { isFramed: true }).headers.get('content-security-policy');
    assert.match(policy!, /default-src 'none';.*frame-ancestors \*$/);
  });

  test('a form may lead to the origins that are named, and to nothing that could be hidden in them', () => {
    const formOrigins = ["https://example.com/a;script-src 'unsafe-inline'", 'http://localhost:8080'];
    const policy = pageResponse(200, html`x`, { formOrigins }).headers.get('content-security-policy');
    assert.match(policy!, /; form-action 'self' https:\/\/example\.com http:\/\/localhost:8080; base-uri 'none'/);
    assert.doesNotMatch(policy!, /script-src/);
  });

  test('the body is the markup, in UTF-8', async () => {
    const response = pageResponse(200, html`<p>Größe</p>`);
    assert.equal(response.body!.length, Buffer.byteLength('<p>Größe</p>'));
    assert.equal(await textOf(response), '<p>Größe</p>');
  });
});

describe('page', () => {
  const markup = page({ title: '<b>', body: html`<p>x</p>`, domain: 'example.com' }).toString();

  test('escapes its title', () => assert.match(markup, /<title>&lt;b&gt; · example\.com<\/title>/));

  test('holds what the content security policy would block: nothing', () => {
    assert.doesNotMatch(markup, /<script|<style|\sstyle=|\son\w+=|javascript:/i);
  });

  test('refers only to files that are served', () => {
    const addresses = [...markup.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => new URL(match[1]!, 'http://h'));
    assert.equal(addresses.length, 2);
    for (const { pathname, search } of addresses) {
      const response = assetResponse(pathname, search.slice(1));
      assert.equal(response?.status, 200);
      assert.match(response.headers.get('cache-control')!, /immutable/);
    }
  });
});

describe('assetResponse', () => {
  test('serves the stylesheet, light and dark, fetching nothing', async () => {
    const response = assetResponse(
      `${ASSET_PREFIX}style.css`,
      new URL(assetUrl('style.css'), 'http://h').search.slice(1),
    );
    assert.equal(response!.headers.get('content-type'), 'text/css; charset=utf-8');
    const style = await textOf(response!);
    assert.match(style, /prefers-color-scheme: dark/);
    assert.doesNotMatch(style, /url\(|@import/);
  });

  test('does not let another version keep this content', () => {
    assert.equal(assetResponse(`${ASSET_PREFIX}style.css`, 'v=older')!.headers.get('cache-control'), 'no-cache');
  });

  for (const path of [`${ASSET_PREFIX}other.css`, ASSET_PREFIX, `${ASSET_PREFIX}constructor`, '/x/style.css']) {
    test(`has nothing at ${path}`, () => assert.equal(assetResponse(path, ''), null));
  }
});
