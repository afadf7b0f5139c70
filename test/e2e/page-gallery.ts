import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import { BufferedBody } from '../../src/gateway/body.ts';
import type { Response } from '../../src/gateway/outcome.ts';
import type { Branding } from '../../src/model/index.ts';
import { assetResponse, pictureResponse } from '../../src/web/assets.ts';
import type { Html } from '../../src/web/html.ts';
import { accessRequestsPage, type ListedRequest } from '../../src/web/pages/access-requests.ts';
import { accountPage } from '../../src/web/pages/account.ts';
import { type AccessStanding, type AskAccessPage, askAccessPage } from '../../src/web/pages/ask-access.ts';
import { type ChooseProviderPage, chooseProviderPage } from '../../src/web/pages/choose-provider.ts';
import { confirmHandOverPage } from '../../src/web/pages/confirm-hand-over.ts';
import { confirmSignOutPage } from '../../src/web/pages/confirm-sign-out.ts';
import { confirmDevicePage, deviceCodePage, deviceDecidedPage } from '../../src/web/pages/device.ts';
import { enrolPasskeyPage } from '../../src/web/pages/enrol-passkey.ts';
import { enrolTotpPage } from '../../src/web/pages/enrol-totp.ts';
import { framedPage } from '../../src/web/pages/framed.ts';
import { insecureOriginPage } from '../../src/web/pages/insecure-origin.ts';
import { keptFormPage } from '../../src/web/pages/kept-form.ts';
import { type PortalPage, type PortalService, portalPage } from '../../src/web/pages/portal.ts';
import { recoveryCodesPage } from '../../src/web/pages/recovery-codes.ts';
import { type RefusedPage, refusedPage } from '../../src/web/pages/refused.ts';
import { type SecondFactorPage, secondFactorPage } from '../../src/web/pages/second-factor.ts';
import { sessionStatePage } from '../../src/web/pages/session-state.ts';
import { signInFailedPage } from '../../src/web/pages/sign-in-failed.ts';
import { signedOutPage } from '../../src/web/pages/signed-out.ts';
import { pageResponse } from '../../src/web/respond.ts';

const domain = 'example.com';
const who = { name: 'alice', displayName: 'Alice Example', email: 'alice@example.com' };
const requestId = '9f8c4a1be0d34fa2c1b7e6d5';
const HOUR = 3_600_000;
const ASKED_AT = Date.parse('2026-11-21T20:00:00Z');
export const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const BRANDING: Branding = {
  name: 'Acme Corporation',
  logo: `data:image/png;base64,${PICTURE}`,
  accentColor: '#ffd400',
  supportText: 'Questions? Call the service desk.',
  supportURL: 'https://help.example.com/',
};
const passkey = { action: '/x', options: { challenge: 'AAAA', user: { id: 'AAAA' } }, ticket: 't' };

function service(name: string, more: Partial<PortalService> = {}): PortalService {
  const host = `${name}.example.com`;
  const rest = { displayName: null, description: null, standing: 'open', icon: null } as const;
  return { name, url: `https://${host}/`, host, ...rest, ...more };
}

const SERVICES = [
  service('wiki', { displayName: 'Wiki', description: 'What everybody should know, and where it is written down.' }),
  service('grafana', { displayName: 'Grafana', description: 'Figures of production.', icon: '/picture.png' }),
  service('payroll', { displayName: 'Payroll', standing: 'second-factor' }),
  ...['atlas', 'builds', 'chat', 'deploy-north', 'errors', 'forms'].map((name) => service(name)),
];
const CLOSED = service('vault', { displayName: 'Vault', description: 'Secrets of others.', standing: 'requestable' });

function portal(changes: Partial<PortalPage>): Html {
  return portalPage({
    domain,
    signedInAs: who,
    services: SERVICES,
    search: '',
    recommendation: null,
    portalUrl: '/',
    accountUrl: '/a',
    signOutUrl: '/s',
    accessRequestsUrl: '/r',
    switchAccountUrl: '/w',
    ...changes,
  });
}

function refused(changes: Partial<RefusedPage>): Html {
  return refusedPage({
    domain,
    reason: 'no-policy-match',
    requestId,
    host: 'vault.example.com',
    service: 'Vault',
    signedInAs: who,
    switchAccountUrl: '/switch',
    portalUrl: '/',
    access: null,
    ...changes,
  });
}

function choose(changes: Partial<ChooseProviderPage>): Html {
  const providers = ['corp', 'partner'].map((name, i) => {
    return { name, displayName: name === 'corp' ? 'Example Corp' : null, url: `/${name}`, isRemembered: i === 0 };
  });
  const target = { host: 'wiki.example.com', service: 'Wiki' };
  return chooseProviderPage({ domain, target, providers, byEmail: null, passkey: null, ...changes });
}

function factor(changes: Partial<SecondFactorPage>): Html {
  return secondFactorPage({
    domain,
    who,
    host: 'payroll.example.com',
    codeAction: '/code',
    isWaiting: false,
    passkey,
    problem: null,
    accountUrl: '/a',
    portalUrl: '/',
    ...changes,
  });
}

function standing(state: AccessStanding['state']): AccessStanding {
  const decided = state === 'open' ? null : 'bob';
  const until = state === 'granted' ? ASKED_AT + HOUR : null;
  const reason = 'On call this week: the certificate of the north region runs out.';
  return { id: requestId, state, reason, wanted: HOUR, askedAt: ASKED_AT, decidedBy: decided, until };
}

function ask(changes: Partial<AskAccessPage>): Html {
  return askAccessPage({
    domain,
    signedInAs: who,
    service: 'vault',
    title: 'Vault',
    serviceUrl: 'https://vault.example.com/',
    approvers: ['Bob Example', 'Carol Example'],
    action: '/ask',
    longest: 8 * HOUR,
    proposed: HOUR,
    former: null,
    problem: null,
    reason: '',
    portalUrl: '/',
    ...changes,
  });
}

function listed(state: AccessStanding['state']): ListedRequest {
  const urls = { approveUrl: '/approve', refuseUrl: '/refuse', revokeUrl: '/revoke' };
  return { ...standing(state), id: `${state}-1`, user: who, service: 'Vault', longest: 8 * HOUR, ...urls };
}

function sessionState(state: 'PENDING' | 'REJECTED'): Html {
  const urls = { againUrl: 'https://wiki.example.com/', switchAccountUrl: '/s' };
  return sessionStatePage({
    domain,
    state,
    session: 'alice-k3m9x2',
    host: 'wiki',
    requestId,
    signedInAs: who,
    ...urls,
  });
}

function account(changes: { readonly isNew: boolean }): Html {
  const session = { name: 'alice-1', isThis: true, isBrowser: true, what: 'Chrome on Linux' };
  const since = ['signed in 2026-11-20 08:00 UTC'];
  const program = { name: 'alice-2', isThis: false, isBrowser: false, what: 'ostiary-cli', facts: since };
  const facts = ['signed in 2026-11-21 20:04 UTC', 'from 192.0.2.1', 'ends 2026-11-22 17:04 UTC'];
  const factors = ['My laptop', 'Telephone'].map((label, i) => {
    return { name: `f${i}`, label, facts: ['passkey', 'added 2026-11-01 10:00 UTC'], isActive: i === 0 };
  });
  return accountPage({
    domain,
    who,
    groups: ['staff', 'on-call'],
    sessions: [{ ...session, facts }, program],
    factors: changes.isNew ? [] : factors,
    recoveryCodes: 7,
    showFactorUrl: null,
    signInAgainUrl: changes.isNew ? '/s' : null,
    urls: {
      portal: '/',
      endSessions: '/e',
      removeFactor: '/f',
      addTotp: '/t',
      addPasskey: '/p',
      recoveryCodes: '/c',
    },
  });
}

function failed(isStill: boolean): Html {
  return signInFailedPage({
    domain,
    code: 'sign-in-cancelled',
    title: 'You cancelled',
    text: 'You cancelled the sign-in at the identity provider, so nothing has changed.',
    advice: 'If you did not cancel, the identity provider has refused.',
    requestId,
    tryAgainUrl: '/again',
    still: isStill ? { signedInAs: who, backUrl: '/' } : null,
  });
}

const device = { domain, signedInAs: who, action: '/device', userCode: 'WDJB-MJHT' };
const key = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const totp = { domain, uri: `otpauth://totp/example.com:alice?secret=${key}`, key, action: '/t', accountUrl: '/a' };
const codes = Array.from({ length: 10 }, (_, i) => `ABCD-EFGH-IJKL-MN${i}P`);
const byEmail = { action: '/find', asked: { email: 'ann@nowhere.example', isKnown: false }, all: '/all' };
const signOut = { domain, signedInAs: who, action: '/s', csrf: null, cancelUrl: '/' };
const access = { url: '/ask', approvers: ['Bob Example', 'Carol Example'] };
const form = { action: '/k', host: 'pad.example.com', path: '/save', size: 120, fields: ['title', 'text'] };

/** Every page, in each of its states that looks different. */
export const GALLERY: Readonly<Record<string, () => Html>> = {
  portal: () => portal({ services: [...SERVICES, CLOSED] }),
  'portal-recommendation': () =>
    portal({ recommendation: { text: 'You have none yet.', url: '/a', does: 'Set one up' } }),
  'portal-empty': () => portal({ services: [] }),
  'portal-nothing-found': () => portal({ search: 'nothing-like-that' }),
  denied: () => refused({}),
  'denied-requestable': () => refused({ access }),
  'denied-signed-out': () => refused({ reason: 'session-expired', signedInAs: null }),
  'denied-factor': () => refused({ reason: 'step-up-required' }),
  failure: () => refused({ reason: 'upstream-timeout' }),
  'request-refused': () => refused({ reason: 'no-route', service: null }),
  'insecure-origin': () =>
    insecureOriginPage({ domain, host: 'wiki.example.com', requestId, secureUrl: 'https://wiki.example.com/' }),
  'session-waiting': () => sessionState('PENDING'),
  'session-rejected': () => sessionState('REJECTED'),
  framed: () => framedPage({ domain, url: 'https://wiki.example.com/', host: 'wiki.example.com' }),
  choose: () => choose({ passkey }),
  'choose-by-email': () => choose({ byEmail }),
  'choose-none': () => choose({ providers: [] }),
  'sign-in-failed': () => failed(false),
  'sign-in-failed-still': () => failed(true),
  'hand-over': () => confirmHandOverPage({ domain, host: 'any.example.com', action: '/h', portalUrl: '/' }),
  'sign-out': () => confirmSignOutPage({ ...signOut, provider: 'Example Corp' }),
  'signed-out': () => signedOutPage({ domain, signInUrl: '/', provider: null }),
  account: () => account({ isNew: false }),
  'account-new': () => account({ isNew: true }),
  'second-factor': () => factor({}),
  'second-factor-wrong': () => factor({ passkey: null, problem: 'That code is wrong.' }),
  'second-factor-none': () => factor({ passkey: null, codeAction: null }),
  'second-factor-waiting': () => factor({ passkey: null, codeAction: null, isWaiting: true }),
  'enrol-totp': () => enrolTotpPage({ ...totp, problem: null }),
  'enrol-passkey': () => enrolPasskeyPage({ domain, passkey, accountUrl: '/a', problem: null }),
  'recovery-codes': () => recoveryCodesPage({ domain, codes, accountUrl: '/a' }),
  'device-code': () => deviceCodePage({ ...device, problem: null }),
  'device-code-wrong': () => deviceCodePage({ ...device, problem: 'unknown' }),
  'device-confirm': () => confirmDevicePage({ ...device, clientAddress: '192.0.2.1', scopes: ['service:api'] }),
  'device-approved': () => deviceDecidedPage({ domain, outcome: 'approve' }),
  'device-denied': () => deviceDecidedPage({ domain, outcome: 'deny' }),
  'device-too-late': () => deviceDecidedPage({ domain, outcome: 'too-late' }),
  ask: () => ask({ problem: 'say why' }),
  'ask-waiting': () => ask({ former: standing('open') }),
  'ask-granted': () => ask({ former: standing('granted') }),
  'access-requests': () =>
    accessRequestsPage({
      domain,
      signedInAs: who,
      toDecide: [listed('open'), listed('granted'), listed('refused')],
      own: [],
      problem: 'it was decided before',
      portalUrl: '/',
    }),
  'kept-form': () => keptFormPage({ ...form, domain, signedInAs: who, contentType: 'multipart/form-data' }),
};

/** Serves the pages at `/NAME`, with `?branded` in the look of an operator; gives the origin. */
export async function serveGallery(): Promise<string> {
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url!, 'http://localhost');
    const { status, headers, body } = answer(pathname, search.slice(1));
    response.writeHead(status, headers.flat);
    response.end(body instanceof BufferedBody ? body.bytes : '');
  });
  after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

function answer(path: string, query: string): Response {
  const asset = assetResponse(path, query);
  if (asset !== null) return asset;
  const make = GALLERY[path.slice(1)];
  if (make === undefined) return pictureResponse('image/png', Buffer.from(PICTURE, 'base64'));
  const branding = query === 'branded' ? BRANDING : undefined;
  return pageResponse(200, make(), { scripts: true, branding });
}
