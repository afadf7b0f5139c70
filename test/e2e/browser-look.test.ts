import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import { describeInChromium } from '../support/chromium.ts';
import { faultsOf, focusStops } from './page-checks.ts';
import { GALLERY, serveGallery } from './page-gallery.ts';

const origin = await serveGallery();
const NAMES = Object.keys(GALLERY);
const TELEPHONE = { width: 360, height: 640 };
const DESK = { width: 1280, height: 800 };

/** An operator changes what is on every page, so one of each kind does. */
const OF_OPERATOR = ['portal', 'denied', 'failure', 'choose-by-email', 'account', 'ask', 'access-requests'];

interface Look {
  readonly names: readonly string[];
  readonly query: string;
  readonly options: BrowserContextOptions;
}

const LOOKS: Readonly<Record<string, Look>> = {
  'in the light scheme': { names: NAMES, query: '', options: { colorScheme: 'light', viewport: TELEPHONE } },
  'in the dark scheme': { names: NAMES, query: '', options: { colorScheme: 'dark', viewport: DESK } },
  'of an operator, light': { names: OF_OPERATOR, query: '?branded', options: { colorScheme: 'light', viewport: DESK } },
  'of an operator, dark': {
    names: OF_OPERATOR,
    query: '?branded',
    options: { colorScheme: 'dark', viewport: TELEPHONE },
  },
};

describeInChromium('every page and each of its states', (chromium) => {
  for (const [look, { names, query, options }] of Object.entries(LOOKS)) {
    test(`${look}: is legible, sound, and breaks no policy of its own`, async (t) => {
      // Leaving checks that the console has heard of no violation.
      const { page } = await chromium.open(t, { reducedMotion: 'reduce', ...options });
      const faults: string[] = [];
      for (const name of names) {
        await page.goto(`${origin}/${name}${query}`);
        faults.push(...(await faultsOf(page)).map((fault) => `${name}: ${fault}`));
      }
      assert.deepEqual(faults, []);
    });
  }

  test('the keyboard reaches everything, in the order in which it is read', async (t) => {
    const { page } = await chromium.open(t, { viewport: DESK });
    for (const name of ['portal', 'denied-requestable', 'choose-by-email', 'account', 'ask', 'device-confirm']) {
      await page.goto(`${origin}/${name}`);
      const { stops, wanted } = await focusStops(page);
      assert.deepEqual(
        stops,
        Array.from({ length: wanted }, (_, i) => i),
        name,
      );
    }
  });
});
