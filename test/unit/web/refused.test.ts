import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { REASONS, type Reason } from '../../../src/gateway/reasons.ts';
import { type RefusedPage, refusedPage } from '../../../src/web/pages/refused.ts';

const ID = '9f8c4a1be0d34fa2c1b7e6d5';
const BOB = { name: 'bob', displayName: 'Bob Example', email: 'bob@example.com' };

function refused(changes: Partial<RefusedPage>): string {
  return refusedPage({
    domain: 'example.com',
    reason: 'no-policy-match',
    requestId: ID,
    host: 'admin.example.com',
    service: 'Admin area',
    signedInAs: BOB,
    switchAccountUrl: 'https://example.com/.ostiary/sign-in?switch=1',
    portalUrl: 'https://example.com/',
    access: null,
    ...changes,
  }).toString();
}

describe('refusedPage', () => {
  for (const reason of Object.keys(REASONS) as Reason[]) {
    test(`${reason} is told with its status, words, code and request id`, () => {
      const markup = refused({ reason });
      const { status, text } = REASONS[reason];
      for (const part of [`${status}`, text, `<code>${reason}</code>`, `<code>${ID}</code>`]) {
        assert.ok(markup.includes(part), `"${part}" is not on the page`);
      }
      assert.doesNotMatch(markup, /\{service\}|undefined|\bnull\b/);
    });
  }

  test('a denial says as whom, and offers another account', () => {
    const markup = refused({});
    assert.match(markup, /You may not open Admin area/);
    assert.match(markup, /Bob Example \(bob@example\.com\)/);
    assert.match(markup, /href="https:\/\/example\.com\/\.ostiary\/sign-in\?switch=1">Switch account</);
  });

  test('a failing upstream is not a matter of permissions, and another account would not help', () => {
    const markup = refused({ reason: 'upstream-timeout' });
    assert.match(markup, /This is not about your permissions/);
    assert.doesNotMatch(markup, /Switch account|Access denied/);
  });

  test('without a Service the title still is a sentence', () => {
    assert.match(refused({ service: null, reason: 'upstream-unreachable' }), /<h1>This service cannot be reached</);
  });

  test('a display name is text, also where it looks like a pattern or markup', () => {
    const markup = refused({ service: '$& <img src=x>' });
    assert.match(markup, /You may not open \$&amp; &lt;img src=x&gt;/);
  });

  test('what is not known is left out', () => {
    const markup = refused({ signedInAs: null, switchAccountUrl: null, portalUrl: null });
    assert.doesNotMatch(markup, /Signed in as|<a /);
  });
});
