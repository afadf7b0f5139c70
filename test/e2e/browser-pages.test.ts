import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.ts';
import { startDemo } from '../support/demo.ts';
import { freePort } from '../support/free-port.ts';
import type { Visitor } from '../support/visitor.ts';
import { signInAt } from './browser-steps.ts';

type Steps = (visitor: Visitor) => Promise<unknown>;

/** Nothing listens there. */
const NOWHERE = `http://127.0.0.1:${await freePort()}`;

const { portal, url } = await startDemo('--upstream', NOWHERE);

const asAlice: Steps = ({ page }) => signInAt(page, portal, 'alice');
const at = (address: string): Steps => {
  return (visitor) => visitor.goto(address);
};
const aliceAt = (address: string): Steps => {
  return async (visitor) => {
    await asAlice(visitor);
    await visitor.goto(address);
  };
};

/** Every page that the demo can show, by what brings it up. */
const PAGES: Readonly<Record<string, Steps>> = {
  'the accounts of the identity provider': at(portal),
  'the portal': asAlice,
  'a search that finds nothing': aliceAt(`${portal}?q=nothing-like-that`),
  'a Service': aliceAt(url('echo')),
  'the denied page': ({ page }) => signInAt(page, url('admin-area'), 'bob'),
  'a Service whose upstream is not there': aliceAt(url('app')),
  'an address that nothing serves': at(url('nowhere')),
  'the question before signing out': aliceAt(`${portal}.ostiary/sign-out`),
  'signed out': at(`${portal}.ostiary/signed-out`),
  'a sign-in that failed': at(`${portal}.ostiary/callback/demo?code=x&state=y`),
  'a sign-in to somebody else’s address': at(`${portal}.ostiary/sign-in?to=https://evil.example/`),
};

describeInChromium('every page', (chromium) => {
  for (const [name, steps] of Object.entries(PAGES)) {
    // Leaving checks for errors, warnings and CSP violations on the way.
    test(`${name}: is sound, and fits a telephone`, async (t) => {
      const visitor = await chromium.open(t, { viewport: { width: 320, height: 640 } });
      await steps(visitor);
      await check(visitor.page);
    });
  }
});

interface Soundness {
  readonly language: string;
  readonly title: string;
  readonly headings: number;
  readonly mains: number;
  readonly unlabelled: readonly string[];
  readonly duplicateIds: readonly string[];
  readonly scripts: number;
  readonly overflow: number;
}

async function check(page: Page): Promise<void> {
  const { language, title, headings, mains, unlabelled, duplicateIds, scripts, overflow } = await sound(page);
  assert.equal(language, 'en');
  assert.match(title, /\S/);
  assert.deepEqual({ headings, mains, scripts }, { headings: 1, mains: 1, scripts: 0 });
  assert.deepEqual([unlabelled, duplicateIds], [[], []]);
  assert.ok(overflow <= 0, `the page is ${overflow} pixels too wide`);
}

function sound(page: Page): Promise<Soundness> {
  return page.evaluate(`(() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const isNamed = (element) =>
      element.textContent.trim() !== '' || element.ariaLabel || [...(element.labels ?? [])].some((label) => label.textContent.trim() !== '');
    const ids = all('[id]').map((element) => element.id);
    return {
      language: document.documentElement.lang,
      title: document.title,
      headings: all('h1').length,
      mains: all('main').length,
      unlabelled: all('a, button, input:not([type=hidden])').filter((e) => !isNamed(e)).map((e) => e.outerHTML),
      duplicateIds: ids.filter((id, i) => ids.indexOf(id) !== i),
      scripts: all('script').length,
      overflow: document.documentElement.scrollWidth - innerWidth,
    };
  })()`);
}
