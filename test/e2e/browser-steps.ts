import type { Page } from 'playwright-core';
import { DEMO_ACCOUNTS } from '../../src/dev/demo-settings.ts';

export type DemoPerson = 'alice' | 'bob' | 'carol';

/** Waits for the identity provider's page, chooses an account there, and waits for the page behind it. */
export async function chooseAccount(page: Page, person: DemoPerson): Promise<void> {
  const { name } = DEMO_ACCOUNTS.find(({ sub }) => sub === person)!;
  await page.getByRole('button', { name }).click();
  await page.waitForURL((url) => url.hostname !== '127.0.0.1');
}

/** Opens an address that asks for a sign-in, and signs in. */
export async function signInAt(page: Page, url: string, person: DemoPerson): Promise<void> {
  await page.goto(url);
  await chooseAccount(page, person);
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/.ostiary/signed-out');
}
