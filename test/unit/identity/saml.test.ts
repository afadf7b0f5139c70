import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { loadLibrary } from '../../../identity/saml/library.ts';
import { readXml } from '../../../src/base/xml/read.ts';
import type { IdentityProvider } from '../../../src/model/index.ts';
import { type BrowserAnswer, CookieBrowser } from '../../support/cookie-browser.ts';
import { newSamlKey } from '../../support/saml-key.ts';
import { SamlProvider } from '../../support/saml-provider.ts';
import { EMAIL } from '../../support/saml-response.ts';
import { atProvider, postResponse, signInBySaml } from '../../support/saml-sign-in.ts';
import { APP, DOMAIN, group, IdentityFixture, startGateway, type TestGateway, user } from './fixture.ts';
import { pageOf } from './installation.ts';

const saml = await SamlProvider.start();
after(() => saml.close());
const gateways: TestGateway[] = [];
after(() => Promise.all(gateways.map((gateway) => gateway.close())));

const ALICE = user('alice', { email: 'alice@example.com' });
let fixture = new IdentityFixture();
let gateway: TestGateway;

beforeEach(async () => {
  saml.reset();
  fixture = new IdentityFixture();
  use({});
  fixture.withUsers(ALICE);
  gateway = await startGateway(fixture);
  gateways.push(gateway);
});

function use(settings: object, spec: object = {}): void {
  const all = { metadataURL: saml.metadataURL, ...settings };
  const provider: IdentityProvider = {
    kind: 'IdentityProvider',
    metadata: { name: 'corp' },
    spec: { saml: all, ...spec },
  };
  fixture.config = { ...fixture.config, identityProviders: [provider] };
}

function signIn(path = '/deep?x=1'): Promise<BrowserAnswer> {
  return signInBySaml(new CookieBrowser(), new CookieBrowser(), saml, gateway.url(APP, path));
}

async function signedInAs(): Promise<string> {
  return outcome(await signIn());
}

function outcome(answer: BrowserAnswer): string {
  return answer.status === 200 ? JSON.parse(answer.body).user : String(pageOf(answer).code);
}

function detailOf(answer: BrowserAnswer): string {
  return JSON.parse(answer.body).detail;
}

test('whoever the provider vouches for gets to the page that was asked for, and the session says who it is', async () => {
  const answer = await signIn();
  assert.deepEqual([JSON.parse(answer.body).user, JSON.parse(answer.body).url], ['alice', '/deep?x=1']);
  const [session] = await fixture.sessions.list('alice');
  const { issuer, subject, identifier, email } = session!.status.authentication.info.identityProvider!;
  const address = 'alice@example.com';
  assert.deepEqual([issuer, subject, identifier, email], [saml.entityID, address, address, address]);
});

test('what the request says: our address, our name, and no more', async () => {
  const request = await atProvider(new CookieBrowser(), gateway.url(APP, '/'));
  assert.equal(request.consumerURL, gateway.url(DOMAIN, '/.ostiary/callback/corp'));
  assert.deepEqual([request.entityID, request.forceAuthn], [`https://${DOMAIN}`, false]);
  assert.match(request.id, /^_[A-Za-z0-9_-]{43}$/);
  assert.ok(request.relayState.length <= 80, 'saml-bindings 3.4.3');
});

test('our own name and asking anew are settings; switching the account asks anew too', async () => {
  use({ entityID: 'urn:example:gate', forceAuthn: true });
  const request = await atProvider(new CookieBrowser(), gateway.url(APP, '/'));
  assert.deepEqual([request.entityID, request.forceAuthn], ['urn:example:gate', true]);
  assert.equal(await signedInAs(), 'alice');
  use({});
  const switching = await atProvider(new CookieBrowser(), gateway.url(DOMAIN, '/.ostiary/sign-in?switch=1'));
  assert.equal(switching.forceAuthn, true);
});

test('whoever had to be asked anew and was not is refused', async () => {
  use({ forceAuthn: true });
  saml.parts = { authenticatedAt: Date.now() - 12 * 60_000 };
  assert.equal(await signedInAs(), 'provider-answer-invalid');
  use({});
  assert.equal(await signedInAs(), 'alice');
});

test('our metadata say where to post to and that assertions must be signed', async () => {
  const answer = await new CookieBrowser().get(gateway.url(DOMAIN, '/.ostiary/saml/corp/metadata'));
  assert.deepEqual([answer.status, answer.headers['content-type']], [200, 'application/samlmetadata+xml']);
  const entity = readXml(answer.body, { comments: 'refuse', mostElements: 10 });
  assert.equal(entity.attributes.get('entityID'), `https://${DOMAIN}`);
  const [role] = entity.children;
  assert.equal(role!.attributes.get('WantAssertionsSigned'), 'true');
  assert.equal(role!.children[0]!.attributes.get('Location'), gateway.url(DOMAIN, '/.ostiary/callback/corp'));
  assert.equal((await new CookieBrowser().get(gateway.url(DOMAIN, '/.ostiary/saml/other/metadata'))).status, 404);
});

test('an attribute of one value, or the name of the subject, can say who it is', async () => {
  const stating = (identifier: string) =>
    user('sam', { authentication: { identities: [{ identityProvider: 'corp', identifier }] } });
  use({ identifierAttribute: 'uid' });
  saml.attributes = { uid: ['u-17'] };
  fixture.withUsers(stating('u-17'));
  assert.equal(await signedInAs(), 'sam');
  for (const uid of [[], ['u-17', 'u-18'], ['']]) {
    saml.attributes = { uid };
    assert.equal(await signedInAs(), 'identifier-missing');
  }
  use({ identifierAttribute: 'NameID' });
  saml.parts = { nameID: 'n-1' };
  fixture.withUsers(stating('n-1'));
  assert.equal(await signedInAs(), 'sam');
});

test('a name at a domain is no address, and an address may stand in the NameID', async () => {
  use({ identifierAttribute: 'eppn' });
  saml.attributes = { eppn: ['alice@example.com'], [EMAIL]: ['a.l@example.com'] };
  assert.equal(await signedInAs(), 'user-unknown');
  use({});
  for (const name of ['mail', 'email', 'urn:oid:0.9.2342.19200300.100.1.3', 'none']) {
    saml.parts = { attributes: { [name]: ['alice@example.com'] } };
    assert.equal(await signedInAs(), 'alice');
  }
  saml.parts = { attributes: {}, nameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' };
  assert.equal(await signedInAs(), 'identifier-missing');
});

test('addresses count whatever case they are in, and not with two at signs', async () => {
  saml.person = 'Alice@Example.COM';
  assert.equal(await signedInAs(), 'alice');
  saml.person = 'alice@example.com@evil.example';
  assert.equal(await signedInAs(), 'identifier-missing');
  saml.reset();
  use({}, { disableEmailAsIdentity: true });
  assert.equal(await signedInAs(), 'user-unknown');
});

test('a persistent NameID is the subject, whatever the address is later', async () => {
  const identity = { identityProvider: 'corp', identifier: 'old@example.com', issuer: saml.entityID, subject: 'p-9' };
  fixture.withUsers(user('pat', { authentication: { identities: [identity] } }));
  saml.parts = { nameID: 'p-9', nameIDFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' };
  saml.person = 'new@example.com';
  assert.equal(await signedInAs(), 'pat');
});

test('attributes give Groups by the rules of claims', async () => {
  const groups = { claim: 'memberOf', rules: [{ regex: 'cn=.*-ops', groups: ['prod'] }] };
  use({ groups });
  saml.attributes = { memberOf: ['cn=all', 'cn=x-ops'] };
  assert.equal(await signedInAs(), 'alice');
  const [session] = await fixture.sessions.list('alice');
  assert.deepEqual(session!.status.groups, ['prod']);
});

test('the rules of the provider see the attributes, and cannot be misled about who said them', async () => {
  const seen: Readonly<Record<string, unknown>>[] = [];
  fixture.config = {
    ...fixture.config,
    authentication: {
      aal: (_provider, claims) => {
        seen.push(claims);
        return 'AAL2';
      },
      refusal: (_provider, { claims }) => (claims.contractor === 'true' ? 'contractors stay out' : null),
    },
  };
  saml.attributes = {
    memberOf: ['a', 'b'],
    iss: ['forged'],
    email: ['forged@x'],
    email_verified: ['true'],
  };
  assert.equal(await signedInAs(), 'alice');
  const [claims] = seen;
  assert.deepEqual([claims!.memberOf, claims!.iss, claims!.email], [['a', 'b'], saml.entityID, 'alice@example.com']);
  assert.match(String(claims!.AuthnContextClassRef), /PasswordProtectedTransport$/);
  saml.attributes = { contractor: ['true'] };
  assert.equal(await signedInAs(), 'user-not-admitted');
  const [session] = await fixture.sessions.list('alice');
  assert.equal(session!.status.authentication.info.aal, 'AAL2');
});

test('Users are made by signing in, once', async () => {
  fixture.withDirectory([], [group('prod')]);
  use({}, { justInTime: { allowed: true, emailDomains: ['example.com'], groups: ['prod'] } });
  const first = await signedInAs();
  assert.match(first, /^alice-/);
  assert.equal(await signedInAs(), first);
  saml.person = 'eve@evil.example';
  assert.equal(await signedInAs(), 'user-unknown');
});

test('the session ends when the provider wants it to', async () => {
  const end = Date.now() + 30 * 60_000;
  saml.parts = { sessionNotOnOrAfter: end };
  assert.equal(await signedInAs(), 'alice');
  const [session] = await fixture.sessions.list('alice');
  assert.equal(Date.parse(session!.spec.expiresAt), end);
});

test('what the provider answers instead of a sign-in is said', async () => {
  saml.parts = { status: 'AuthnFailed' };
  assert.equal(await signedInAs(), 'sign-in-cancelled');
  for (const status of ['Responder', 'constructor', '']) {
    saml.parts = { status };
    assert.equal(await signedInAs(), 'provider-declined');
  }
  saml.parts = { status: 'Responder' };
  assert.equal(await signedInAs(), 'provider-declined');
});

test('metadata are read once, and again after an hour; what was good last stays', async () => {
  saml.metadataReads = 0;
  assert.deepEqual([await signedInAs(), await signedInAs(), saml.metadataReads], ['alice', 'alice', 1]);
  fixture.clock.advance(3_600_000);
  saml.instead = (response) => void response.writeHead(500).end();
  for (let i = 0; i < 2; i++) await atProvider(new CookieBrowser(), gateway.url(APP, '/'));
  assert.equal(saml.metadataReads, 2, 'it is not asked at every sign-in while it is down');
});

test('a new key of the provider counts at once if it was announced, and within a minute if it was not', async () => {
  const former = saml.key;
  const next = newSamlKey();
  saml.published = [former, next];
  assert.equal(await signedInAs(), 'alice');
  saml.key = next;
  assert.equal(await signedInAs(), 'alice');
  const unannounced = newSamlKey();
  Object.assign(saml, { key: unannounced, published: [unannounced] });
  assert.equal(await signedInAs(), 'provider-answer-invalid');
  fixture.clock.advance(60_000);
  assert.equal(await signedInAs(), 'alice');
  saml.key = former;
  fixture.clock.advance(60_000);
  assert.equal(await signedInAs(), 'provider-answer-invalid', 'a key that was taken back counts no more');
});

test('metadata can stand in the settings', async () => {
  use({ metadataURL: undefined, metadata: saml.metadata() });
  saml.metadataReads = 0;
  assert.deepEqual([await signedInAs(), saml.metadataReads], ['alice', 0]);
});

const UNUSABLE: readonly (readonly [what: string, (answer: string) => string, code: string, detail: RegExp])[] = [
  ['no XML', () => 'hello', 'provider-misconfigured', /cannot be used/],
  ['a document type', (text) => text.replace('<md:', '<!DOCTYPE x><md:'), 'provider-misconfigured', /document types/],
  [
    'no redirect binding',
    (text) => text.replace('HTTP-Redirect', 'HTTP-POST'),
    'provider-misconfigured',
    /HTTP-Redirect/,
  ],
  ['no certificate', (text) => text.replace(/<md:KeyDescriptor.*KeyDescriptor>/, ''), 'provider-misconfigured', /RSA/],
  [
    'an address without HTTPS',
    (text) => text.replace(/Location="[^"]*"/, 'Location="http://idp.example/sso"'),
    'provider-misconfigured',
    /HTTPS/,
  ],
  [
    'a script for an address',
    (text) => text.replace(/Location="[^"]*"/, 'Location="javascript:alert(1)"'),
    'provider-misconfigured',
    /HTTPS/,
  ],
  ['no address', (text) => text.replace(/Location="[^"]*"/, 'Location="nowhere"'), 'provider-misconfigured', /HTTPS/],
  [
    'that it has expired',
    (text) => text.replace('entityID=', 'validUntil="2020-01-01T00:00:00Z" entityID='),
    'provider-misconfigured',
    /expired/,
  ],
  [
    'that it wants signed requests',
    (text) => text.replace('IDPSSODescriptor proto', 'IDPSSODescriptor WantAuthnRequestsSigned="true" proto'),
    'provider-misconfigured',
    /signed requests/,
  ],
  ['far too much', (text) => `${text}${' '.repeat(2 * 1024 * 1024)}`, 'provider-misconfigured', /too large/],
];

for (const [what, change, code, detail] of UNUSABLE) {
  test(`metadata that say ${what} sign nobody in`, async () => {
    saml.instead = (response) => void response.writeHead(200).end(change(saml.metadata()));
    const answer = await new CookieBrowser().get(gateway.url(APP, '/'));
    assert.equal(outcome(answer), code);
    assert.match(detailOf(answer), detail);
  });
}

test('metadata that cannot be had are said to be', async () => {
  saml.instead = (response) => void response.socket?.destroy();
  assert.equal(outcome(await new CookieBrowser().get(gateway.url(APP, '/'))), 'provider-unreachable');
  saml.instead = (response) => void response.writeHead(302, { location: '/other' }).end();
  assert.equal(outcome(await new CookieBrowser().get(gateway.url(APP, '/'))), 'provider-unreachable');
});

test('without the package the log says what to install', async () => {
  fixture.loadSaml = () => Promise.reject(new Error('Cannot find package'));
  const answer = await new CookieBrowser().get(gateway.url(APP, '/'));
  assert.equal(outcome(answer), 'provider-misconfigured');
  assert.match(detailOf(answer), /npm install .*@node-saml\/node-saml/);
});

test('what was posted waits a minute for the browser, and is taken once', async () => {
  const browser = new CookieBrowser();
  const request = await atProvider(browser, gateway.url(APP, '/'));
  const posted = await postResponse(new CookieBrowser(), request, saml.responseTo(request));
  fixture.clock.advance(61_000);
  assert.equal(outcome(await browser.get(posted.headers.location!)), 'provider-answer-invalid');
});

test('attributes that are stated twice have all values, and an address of two identifies nobody', async () => {
  saml.attributes = { [EMAIL]: ['alice@example.com', 'bob@example.com'] };
  assert.equal(await signedInAs(), 'identifier-missing');
});

/** The package, where each look at a signature takes a second and finds that another has signed. */
async function slowly(): Promise<{ looks: number }> {
  const seen = { looks: 0 };
  const library = await loadLibrary();
  class SlowSaml extends library.SAML {
    override validatePostResponseAsync(): never {
      seen.looks += 1;
      fixture.clock.advance(1000);
      throw new Error('Invalid signature');
    }
  }
  fixture.loadSaml = async () => ({ ...library, SAML: SlowSaml });
  return seen;
}

test('false answers of one network are looked at for three seconds a minute, however many come at once', async () => {
  saml.published = [saml.key, newSamlKey(), newSamlKey()];
  const request = await atProvider(new CookieBrowser(), gateway.url(APP, '/'));
  const response = saml.responseTo(request);
  const seen = await slowly();
  const posts = Array.from({ length: 8 }, () => postResponse(new CookieBrowser(), request, response));
  for (const answer of await Promise.all(posts)) assert.equal(outcome(answer), 'provider-answer-invalid');
  assert.ok(seen.looks >= 3 && seen.looks <= 6, `${seen.looks} looks`);
  fixture.loadSaml = loadLibrary;
  const late = await postResponse(new CookieBrowser(), request, response);
  assert.match(detailOf(late), /too many answers/);
  fixture.clock.advance(60_000);
  assert.equal(await signedInAs(), 'alice');
});

test('good answers use nothing of that up, whichever certificate of the provider fits', async () => {
  saml.published = [newSamlKey(), saml.key];
  const library = await loadLibrary();
  class Slow extends library.SAML {
    override validatePostResponseAsync(container: Record<string, string>) {
      fixture.clock.advance(2000);
      return super.validatePostResponseAsync(container);
    }
  }
  fixture.loadSaml = async () => ({ ...library, SAML: Slow });
  for (let i = 0; i < 4; i++) assert.equal(await signedInAs(), 'alice');
});
