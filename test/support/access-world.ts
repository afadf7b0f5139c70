import assert from 'node:assert/strict';
import type { AccessRequestInfo } from '../../src/admin/access-api.ts';
import type { CookieBrowser } from './cookie-browser.ts';
import { DOMAIN } from './gateway-process.ts';
import { type Document, policy, service, yaml } from './resources.ts';
import { SignInWorld } from './sign-in-world.ts';

const CLOSED = { effect: 'DENY', priority: -1, condition: { match: 'ctx.request.http.path == "/closed"' } };

/** `wiki` lets bob in, who decides about everybody else; `plain` takes no requests. */
export function accessResources(upstreamUrl: string, ...more: readonly Document[]): string {
  const config = { upstream: { url: upstreamUrl } };
  const accessRequests = { approvers: { users: ['bob'] }, maxDuration: '4h', defaultDuration: '1h' };
  return yaml(
    service('wiki', { mode: 'WEB', authorization: { policies: ['team', 'closed'], accessRequests }, config }),
    service('plain', { mode: 'WEB', authorization: { policies: ['team'] }, config }),
    policy('team', { effect: 'ALLOW', condition: { match: 'ctx.user.metadata.name == "bob"' } }),
    policy('closed', CLOSED),
    ...more,
  );
}

export class AccessWorld extends SignInWorld {
  static override async start(resources: string, args: readonly string[] = []): Promise<AccessWorld> {
    return new AccessWorld((await SignInWorld.start(resources, args)).gateway);
  }

  /** Signed in on the wiki's host, and so on the auth host too. */
  visitor(account: string): Promise<CookieBrowser> {
    return this.signedIn(this.url('wiki'), account);
  }

  async status(browser: CookieBrowser, path = '/', name = 'wiki'): Promise<number> {
    return (await browser.step(this.url(name, path), { 'sec-fetch-mode': 'navigate' })).status;
  }

  /** Asks as a person does, and gives the request. */
  async asked(browser: CookieBrowser, reason = 'on call', duration = '1h'): Promise<AccessRequestInfo> {
    const form = { service: 'wiki', reason, duration };
    const answer = await browser.submit(this.url(DOMAIN, '/.ostiary/access'), form);
    assert.equal(answer.status, 303, answer.body);
    return this.newest();
  }

  async newest(): Promise<AccessRequestInfo> {
    const [newest] = await this.gateway.api.accessRequests();
    return newest!;
  }

  decisionUrl(id: string, decision: string): string {
    return this.url(DOMAIN, `/.ostiary/access-requests/${id}/${decision}`);
  }
}
