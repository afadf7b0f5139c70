import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';
import { Visitor } from './visitor.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real browser. Each visitor has cookies and a cache of their own. */
export interface Chromium {
  /** Leaves when the test ends, and fails it when a page complained of anything. */
  open(t: TestContext, options?: BrowserContextOptions): Promise<Visitor>;
}

/** A suite in Chromium. Without one it is skipped, and with `CI=true` it fails. */
export function describeInChromium(
  title: string,
  define: (chromium: Chromium) => void,
  flags: readonly string[] = [],
): void {
  const executablePath = findChromium();
  if (executablePath === null) {
    // As a test, because suites that are left out are not counted.
    test(title, { skip: whyNot() }, () => undefined);
    return;
  }
  describe(title, () => {
    let browser: Browser | undefined;
    before(async () => {
      browser = await chromium.launch({
        executablePath,
        args: [...FLAGS, ...flags],
        // The back button shall do what it does for people.
        ignoreDefaultArgs: ['--disable-back-forward-cache'],
      });
    });
    after(() => browser?.close());
    define({
      open: async (t, options) => {
        const visitor = await Visitor.enter(browser!, options);
        t.after(() => visitor.leave());
        return visitor;
      },
    });
  });
}

function whyNot(): string {
  const text = `Chromium is missing: none of ${NAMES.join(', ')} is on the PATH, and CHROMIUM_PATH is not set`;
  if (process.env.CI === 'true') throw new Error(text);
  return text;
}

function findChromium(): string | null {
  const { CHROMIUM_PATH, PATH = '' } = process.env;
  if (CHROMIUM_PATH !== undefined && CHROMIUM_PATH !== '') return CHROMIUM_PATH;
  const candidates = PATH.split(delimiter).flatMap((directory) => NAMES.map((name) => join(directory, name)));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
