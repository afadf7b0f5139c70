import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.ts';
import { startDemo } from '../support/demo.ts';
import type { Visitor } from '../support/visitor.ts';
import { chooseAccount, signInAt } from './browser-steps.ts';

const demo = await startDemo();

describeInChromium('tabs beside one another', (chromium) => {
  const addresses = () => [
    demo.url('echo', '/first'),
    demo.url('admin-area', '/second'),
    demo.url('echo', '/third?of=five'),
    demo.url('api-by-path', '/v1/fourth'),
    demo.portal,
  ];

  async function openAll(visitor: Visitor, wanted: readonly string[]): Promise<Page[]> {
    const tabs = await Promise.all(wanted.map(() => visitor.newTab()));
    await Promise.all(tabs.map((tab, i) => tab.goto(wanted[i]!)));
    return tabs;
  }

  const ORDERS: Readonly<Record<string, readonly number[]>> = {
    'two tabs': [0, 1],
    'two tabs, the last one first': [1, 0],
    'five tabs, two of them on one Service': [3, 0, 4, 2, 1],
  };

  for (const [what, order] of Object.entries(ORDERS)) {
    test(`${what}: opened while signed out, each ends on its page`, async (t) => {
      const visitor = await chromium.open(t);
      const wanted = addresses().slice(0, order.length);
      const tabs = await openAll(visitor, wanted);
      for (const i of order) {
        await chooseAccount(tabs[i]!, 'alice');
        assert.equal(tabs[i]!.url(), wanted[i]);
      }
      await stayWhereTheyAre(tabs, wanted);
    });
  }

  /** Nobody's session was ended by another tab's sign-in. */
  async function stayWhereTheyAre(tabs: readonly Page[], wanted: readonly string[]): Promise<void> {
    const answers = await Promise.all(tabs.map((tab) => tab.reload()));
    assert.deepEqual(
      answers.map((answer) => [answer?.status(), answer?.url()]),
      wanted.map((address) => [200, address]),
    );
  }

  test('five tabs that sign in at the same moment', async (t) => {
    const visitor = await chromium.open(t);
    const wanted = addresses();
    const tabs = await openAll(visitor, wanted);
    await Promise.all(tabs.map((tab) => chooseAccount(tab, 'alice')));
    assert.deepEqual(
      tabs.map((tab) => tab.url()),
      wanted,
    );
    await stayWhereTheyAre(tabs, wanted);
  });

  test('five tabs opened at once by somebody who is signed in on the auth host alone', async (t) => {
    const visitor = await chromium.open(t);
    await signInAt(visitor.page, demo.portal, 'alice');
    const wanted = addresses();
    const tabs = await openAll(visitor, wanted);
    await stayWhereTheyAre(tabs, wanted);
  });

  test('two people in two tabs: the last sign-in counts in both, and neither is both', async (t) => {
    const visitor = await chromium.open(t);
    const [first, second] = await openAll(visitor, [demo.url('echo'), demo.url('api-by-path', '/v1/x')]);
    await chooseAccount(first!, 'alice');
    await chooseAccount(second!, 'bob');
    await first!.reload();
    assert.equal(await visitor.heading(first), 'Hello bob');
  });
});
