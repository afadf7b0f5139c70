import assert from 'node:assert/strict';
import type { Browser, BrowserContext, BrowserContextOptions, ConsoleMessage, Page, Response } from 'playwright-core';

interface Complaint {
  readonly text: string;
  /** What it is about, or was said on. */
  readonly url: string;
}

/** As much as a machine needs that is busy with other things. */
const PATIENCE_MS = 45_000;

/** Somebody with a browser window. Whatever its pages complain of is kept: script errors, CSP, missing files. */
export class Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly #complaints: Complaint[] = [];
  /** The browser reports every status from 400 up as an error; for these that is what the test is about. */
  readonly #refused = new Set<string>();

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
  }

  static async enter(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    const visitor = new Visitor(context, await context.newPage());
    visitor.#listen();
    return visitor;
  }

  #listen(): void {
    this.context.on('console', (message) => this.#heard(message));
    this.context.on('weberror', (error) => {
      this.#complaints.push({ text: String(error.error()), url: error.page()?.url() ?? '' });
    });
    this.context.on('response', (response) => {
      if (response.request().isNavigationRequest() && response.status() >= 400) this.expectRefusal(response.url());
    });
  }

  #heard(message: ConsoleMessage): void {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    // The browser asks for it by itself, whenever it likes, and tells nobody of the answer.
    if (message.location().url.endsWith('/favicon.ico')) return;
    this.#complaints.push({ text: message.text(), url: message.location().url });
  }

  /** This address answers with a status from 400 up. */
  expectRefusal(url: string): void {
    this.#refused.add(url);
  }

  newTab(): Promise<Page> {
    return this.context.newPage();
  }

  /** Opens a page in the first tab. */
  async goto(url: string): Promise<Response> {
    const response = await this.page.goto(url);
    assert.ok(response !== null);
    return response;
  }

  heading(page: Page = this.page): Promise<string | null> {
    return page.getByRole('heading', { level: 1 }).textContent();
  }

  /** Of the first element that fits, on the first tab. */
  async text(selector: string): Promise<string> {
    return (await this.page.locator(selector).textContent()) ?? '';
  }

  complaints(): string[] {
    return this.#complaints
      .filter(({ text, url }) => !(text.startsWith('Failed to load resource') && this.#refused.has(url)))
      .map(({ text, url }) => `${text} (${url})`);
  }

  async leave(): Promise<void> {
    await this.context.close();
    assert.deepEqual(this.complaints(), []);
  }
}
