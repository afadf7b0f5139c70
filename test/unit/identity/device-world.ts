import assert from 'node:assert/strict';
import type { SiteAnswer } from '../../../identity/site/answer.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { ALICE, DEMO_SIGN_IN, DOMAIN } from './fixture.ts';
import { type Fields, OAuth2World, type OAuthAnswer } from './oauth2-world.ts';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
export const CLI = { client_id: 'ostiary-cli' };
export const ORIGIN = { origin: `https://${DOMAIN}` };

/** A device that asks for a token, and the browser of whoever confirms it. */
export class DeviceWorld extends OAuth2World {
  code = '';
  userCode = '';

  static async begin(more: Fields = {}): Promise<DeviceWorld> {
    const world = new DeviceWorld();
    const { status, value } = await world.post('/oauth2/device_authorization', { ...CLI, ...more });
    assert.equal(status, 200, JSON.stringify(value));
    world.code = String(value.device_code);
    world.userCode = String(value.user_code);
    assert.equal(value.verification_uri_complete, `https://${DOMAIN}/device?user_code=${world.userCode}`);
    return world;
  }

  async poll(more: Fields = {}, headers: Fields = {}): Promise<OAuthAnswer> {
    this.clock.advance(5_000);
    return this.token({ grant_type: DEVICE_GRANT, device_code: this.code, ...CLI, ...more }, headers);
  }

  /** A device that somebody has let in. */
  static async letIn(more: Fields = {}, shown: Fields = {}): Promise<DeviceWorld> {
    const world = await DeviceWorld.begin(more);
    await world.decide('approve', await world.browser());
    world.keep(await world.poll({}, shown));
    return world;
  }

  keep({ status, value }: OAuthAnswer): void {
    assert.equal(status, 200, JSON.stringify(value));
    this.tokens = { access: String(value.access_token), refresh: String(value.refresh_token) };
  }

  tokens = { access: '', refresh: '' };

  refresh(token = this.tokens.refresh, more: Fields = {}, headers: Fields = {}): Promise<OAuthAnswer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: token, ...CLI, ...more }, headers);
  }

  /** A browser of somebody who is signed in on the auth host. */
  async browser(person = ALICE, groups: readonly string[] = []): Promise<Fields> {
    const terms = this.config.directory.sessionTermsOf(person);
    const origin = { address: '192.0.2.9', userAgent: null };
    const session = await this.sessions.createForSignIn({ user: person, by: DEMO_SIGN_IN, origin, terms, groups });
    const handle = await this.sessions.addBrowserHandle(session, DOMAIN);
    return { cookie: `__Host-ostiary-session=${handle}` };
  }

  async page(method: 'GET' | 'POST', form: Fields, headers: Fields): Promise<SiteAnswer> {
    const bytes = Buffer.from(new URLSearchParams(form).toString());
    const fields = { 'content-type': 'application/x-www-form-urlencoded', ...headers };
    const answer = await this.oauth2(
      {
        method,
        scheme: 'https',
        host: DOMAIN,
        authority: DOMAIN,
        path: '/device',
        query: new URLSearchParams(method === 'GET' ? form : {}),
        headers: HeaderList.from(Object.entries(fields)),
        clientAddress: this.clientAddress,
        readBody: async () => ({ kind: 'read', bytes }),
      },
      this.config,
    );
    return answer ?? assert.fail('no answer');
  }

  async decide(decision: string, headers: Fields, userCode = this.userCode): Promise<SiteAnswer> {
    return this.page('POST', { user_code: userCode, decision }, { ...ORIGIN, ...headers });
  }
}
