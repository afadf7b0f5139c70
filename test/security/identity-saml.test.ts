/** A SAML provider's answer passes through the hands of whoever wants to sign in. */
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { type BrowserAnswer, CookieBrowser } from '../support/cookie-browser.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, service, yaml } from '../support/resources.ts';
import { CHANGES, WRAPPINGS } from '../support/saml-forgeries.ts';
import { newSamlKey } from '../support/saml-key.ts';
import { formOf, SamlProvider, type SamlRequest } from '../support/saml-provider.ts';
import { responseXml, type SamlParts, type Signing, signed } from '../support/saml-response.ts';
import { atProvider, postResponse, signInBySaml } from '../support/saml-sign-in.ts';

const upstream = await RecordingUpstream.start('upstream');
const [corp, partner] = await Promise.all([SamlProvider.start(), SamlProvider.start()]);
partner.key = newSamlKey();
after(() => Promise.all([corp.close(), partner.close()]));

const people = ['alice', 'mallory', 'mike'].map((name) => ({
  kind: 'User',
  metadata: { name },
  spec: { type: 'HUMAN', email: `${name}@example.com` },
}));
const provider = (name: string, { metadataURL }: SamlProvider) => ({
  kind: 'IdentityProvider',
  metadata: { name },
  spec: { saml: { metadataURL } },
});
const gateway = await GatewayProcess.start({
  files: {
    'resources.yaml': yaml(
      ALLOW_ALL,
      ...people,
      provider('corp', corp),
      provider('partner', partner),
      service('app', { identityProvider: 'corp', config: { upstream: { url: upstream.url } } }),
      service('other', { identityProvider: 'partner', config: { upstream: { url: upstream.url } } }),
    ),
  },
  args: ['--workers', '2'],
});
const page = (host = 'app') => `http://${host}.${DOMAIN}:${gateway.port}/`;

beforeEach(() => {
  corp.reset();
  corp.person = 'mallory@example.com';
});

/** What a browser gets for a response of which mallory has made something else. */
async function attack(forge: (request: SamlRequest) => string): Promise<BrowserAnswer> {
  const browser = new CookieBrowser();
  const request = await atProvider(browser, `http://${DOMAIN}:${gateway.port}/.ostiary/sign-in?provider=corp`);
  const posted = await postResponse(browser, request, forge(request));
  return posted.headers.location === undefined ? posted : browser.get(posted.headers.location);
}

async function refused(forge: (request: SamlRequest) => string, code = 'provider-answer-invalid'): Promise<void> {
  const answer = await attack(forge);
  assert.ok(answer.status >= 400 && answer.body.includes(code), `${answer.status}: ${answer.body.slice(0, 2000)}`);
  assert.equal(answer.headers['set-cookie'], undefined);
}

test('what is refused below is otherwise a good answer, signed in one way or in both', async () => {
  const assertion = (request: SamlRequest) => corp.responseTo(request);
  const both = (request: SamlRequest) => signed(corp.responseTo(request), corp.key, { of: 'Response' });
  for (const forge of [assertion, both]) assert.equal((await attack(forge)).status, 200);
});

for (const [what, forge] of Object.entries(WRAPPINGS)) {
  test(`signature wrapping: ${what}`, () => refused((request) => forge(corp.responseTo(request))));
}

test('signature wrapping around a response that is signed itself', async () => {
  for (const forge of Object.values(WRAPPINGS)) {
    await refused((request) => forge(signed(corp.responseTo(request), corp.key, { of: 'Response' })));
  }
});

for (const [what, forge] of Object.entries(CHANGES)) {
  test(`changed on the way: ${what}`, () => refused((request) => forge(corp.responseTo(request))));
}

const MINUTE = 60_000;
const now = Date.now();
const ANOTHER: Readonly<Record<string, Partial<SamlParts>>> = {
  'an audience that is not us': { audience: 'https://other.example' },
  'an audience that begins like us': { audience: `https://${DOMAIN}.evil.example` },
  'another recipient': { recipient: `http://${DOMAIN}/.ostiary/callback/partner` },
  'the issuer of another provider': { issuer: partner.entityID },
  'another request': { inResponseTo: `_${'A'.repeat(43)}` },
  'no request': { inResponseTo: '' },
  'a time that is over': { notBefore: now - 10 * MINUTE, notOnOrAfter: now - 2 * MINUTE },
  'a time that has not come': { notBefore: now + 5 * MINUTE, notOnOrAfter: now + 10 * MINUTE },
  'a making in the future': { issuedAt: now + 5 * MINUTE },
  'a session that is over': { sessionNotOnOrAfter: now - 1 },
  'a condition that nobody knows': { conditions: '<saml:Condition/>' },
  'an audience that excludes us beside one that does not': {
    conditions:
      '<saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction>',
  },
};

for (const [what, parts] of Object.entries(ANOTHER)) {
  test(`signed, but stating ${what}`, () => refused((request) => corp.responseTo(request, parts)));
}

const LEFT_OUT: Readonly<Record<string, RegExp>> = {
  'the audience': /<saml:AudienceRestriction>.*?<\/saml:AudienceRestriction>/,
  'the conditions': /<saml:Conditions.*<\/saml:Conditions>/,
  'the end of the conditions': / NotOnOrAfter="[^"]*"(?=><saml:Aud)/,
  'the end of the confirmation': / NotOnOrAfter="[^"]*"(?=\/>)/,
  'the recipient': / Recipient="[^"]*"/,
  'the request in the confirmation': / InResponseTo="[^"]*"(?= Recipient)/,
  'the confirmation': /<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/,
  'the way of confirming': / Method="[^"]*"/,
  'the authentication': /<saml:AuthnStatement.*<\/saml:AuthnStatement>/,
  'the issuer of the response, of the assertion': /(?<=<saml:Issuer>)[^<]+(?=<\/saml:Issuer><saml:Subject)/,
};

for (const [what, pattern] of Object.entries(LEFT_OUT)) {
  test(`signed, but without ${what}`, () =>
    refused((request) => {
      const xml = responseXml(corp.partsFor(request));
      assert.match(xml, pattern);
      return signed(xml.replace(pattern, ''), corp.key);
    }));
}

const SHA1 = 'http://www.w3.org/2000/09/xmldsig#';
const WEAK: Readonly<Record<string, Signing>> = {
  'SHA-1': { algorithm: `${SHA1}rsa-sha1` },
  'a digest of SHA-1': { digest: `${SHA1}sha1` },
  'another canonical form': {
    transforms: [`${SHA1}enveloped-signature`, 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments'],
  },
  'only the response': { of: 'Response' },
};

for (const [what, signing] of Object.entries(WEAK)) {
  test(`signed with ${what}`, () =>
    refused((request) => signed(responseXml(corp.partsFor(request)), corp.key, signing)));
}

test('signed with the certificate as the key of an HMAC', () =>
  refused((request) => {
    const { cert } = corp.key;
    return signed(responseXml(corp.partsFor(request)), { key: cert, cert }, { algorithm: `${SHA1}hmac-sha1` });
  }));

test('signed with a key of its own that it brings along', () =>
  refused((request) => signed(responseXml(corp.partsFor(request)), newSamlKey())));

test('what is no answer at all', async () => {
  for (const text of ['', 'hello', '\ufeff<x/>', '<x/>']) await refused(() => text);
  const stranger = new CookieBrowser();
  const request = await atProvider(new CookieBrowser(), page());
  for (const SAMLResponse of ['', '%%%', '=']) {
    const answer = await stranger.submit(request.consumerURL, { SAMLResponse, RelayState: request.relayState });
    assert.equal(answer.status, 502);
  }
});

test('an answer that is too large is not read', async () => {
  const answer = await attack((request) => `${corp.responseTo(request)}${' '.repeat(300_000)}`);
  assert.equal(answer.status, 413);
});

test('an answer counts once, whichever worker sees it', async () => {
  const browser = new CookieBrowser();
  const request = await atProvider(browser, page());
  const response = corp.responseTo(request);
  const stranger = new CookieBrowser();
  const first = await postResponse(stranger, request, response);
  assert.equal(first.status, 303);
  for (let i = 0; i < 8; i++) assert.equal((await postResponse(stranger, request, response)).status, 502);
  assert.equal((await browser.get(first.headers.location!)).status, 200);
  for (let i = 0; i < 4; i++) assert.equal((await browser.get(first.headers.location!)).status, 400);
});

test('of many who show the same answer at once one comes through', async () => {
  const request = await atProvider(new CookieBrowser(), page());
  const response = corp.responseTo(request);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => postResponse(new CookieBrowser(), request, response)),
  );
  assert.equal(answers.filter(({ status }) => status === 303).length, 1);
});

test('an answer to another sign-in of the same person does not count for this one', async () => {
  const former = await atProvider(new CookieBrowser(), page());
  await refused(() => corp.responseTo(former));
});

test('nobody is signed in as mallory by following her link', async () => {
  const mallory = new CookieBrowser();
  const request = await atProvider(mallory, page());
  const posted = await postResponse(mallory, request, corp.responseTo(request));
  const victim = new CookieBrowser();
  await atProvider(victim, page());
  const answer = await victim.get(posted.headers.location!);
  assert.equal(answer.status, 400);
  assert.match(answer.body, /other-browser/);
  assert.equal(victim.cookie(DOMAIN, 'ostiary-session'), null);
});

test('a code of one sign-in does not open another of the same browser', async () => {
  const browser = new CookieBrowser();
  const [first, second] = [await atProvider(browser, page()), await atProvider(browser, page())];
  const posted = await postResponse(new CookieBrowser(), first, corp.responseTo(first));
  const url = new URL(posted.headers.location!);
  url.searchParams.set('state', second.relayState);
  assert.match((await browser.get(url)).body, /provider-answer-invalid/);
});

test('an assertion of one provider is worth nothing at the address of another', async () => {
  const browser = new CookieBrowser();
  const request = await atProvider(browser, page('other'));
  const asPartner = { issuer: partner.entityID };
  for (const response of [corp.responseTo(request), corp.responseTo(request, asPartner)]) {
    assert.equal((await postResponse(browser, request, response)).status, 502);
  }
  const own = await atProvider(browser, page());
  const elsewhere = { ...own, consumerURL: own.consumerURL.replace('corp', 'partner') };
  assert.equal((await postResponse(browser, elsewhere, corp.responseTo(own))).status, 502);
  const posted = await postResponse(browser, own, corp.responseTo(own));
  const answer = await browser.get(posted.headers.location!.replace('/corp?', '/partner?'));
  assert.deepEqual([answer.status, /provider-unknown/.test(answer.body)], [404, true]);
});

test('sign-ins that begin at the provider are refused, and the log says so', async () => {
  const request = await atProvider(new CookieBrowser(), page());
  const answer = await new CookieBrowser().submit(request.consumerURL, {
    SAMLResponse: formOf(request, corp.responseTo(request)).SAMLResponse!,
  });
  assert.equal(answer.status, 502);
  await gateway.logged((entry) => JSON.stringify(entry).includes('sign-ins begin here, not at the provider'));
});

test('single logout is refused, and encryption said to be what is missing', async () => {
  const url = `http://${DOMAIN}:${gateway.port}/.ostiary/callback/corp`;
  assert.equal((await new CookieBrowser().submit(url, { SAMLRequest: 'PHgvPg==' })).status, 502);
  await refused((request) => CHANGES['a logout response']!(corp.responseTo(request)));
  await gateway.logged((entry) => JSON.stringify(entry).includes('single logout is not supported'));
  await refused((request) => CHANGES['an encrypted assertion']!(corp.responseTo(request)));
  await gateway.logged((entry) => JSON.stringify(entry).includes('encrypted assertions are not supported'));
});

test('providers that speak something else take no posted answer', async () => {
  const url = `http://${DOMAIN}:${gateway.port}/.ostiary/callback/nobody`;
  assert.equal((await new CookieBrowser().submit(url, { SAMLResponse: 'x', RelayState: 'y' })).status, 405);
});

test('an address that only Unicode makes the same as that of somebody else is not theirs', async () => {
  corp.person = 'mi\u212ae@example.com';
  const answer = await attack((request) => corp.responseTo(request));
  assert.equal(answer.status, 403);
  assert.match(answer.body, /user-unknown/);
});

test('after all that only mallory has sessions, and alice can sign in', async () => {
  assert.doesNotMatch(await gateway.command(['sessions', 'list']), /alice|mike/);
  corp.person = 'alice@example.com';
  assert.equal((await signInBySaml(new CookieBrowser(), new CookieBrowser(), corp, page())).status, 200);
});
