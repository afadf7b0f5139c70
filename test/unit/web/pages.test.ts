import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { initials, TINTS, tint } from '../../../src/web/initials.ts';
import { chooseProviderPage } from '../../../src/web/pages/choose-provider.ts';
import { confirmHandOverPage } from '../../../src/web/pages/confirm-hand-over.ts';
import { confirmSignOutPage } from '../../../src/web/pages/confirm-sign-out.ts';
import { confirmDevicePage, deviceCodePage, deviceDecidedPage } from '../../../src/web/pages/device.ts';
import { insecureOriginPage } from '../../../src/web/pages/insecure-origin.ts';
import { findServices, type PortalPage, type PortalService, portalPage } from '../../../src/web/pages/portal.ts';
import { signInFailedPage } from '../../../src/web/pages/sign-in-failed.ts';
import { signedOutPage } from '../../../src/web/pages/signed-out.ts';
import { STYLE } from '../../../src/web/style.ts';

const ALICE = { name: 'alice', displayName: 'Alice Example', email: 'alice@example.com' };
const domain = 'example.com';

function service(name: string, displayName: string | null = null, description: string | null = null): PortalService {
  return {
    name,
    displayName,
    description,
    url: `https://${name}.example.com/`,
    host: `${name}.example.com`,
    standing: 'open',
    icon: null,
  };
}

const SERVICES = [service('echo', 'Echo', 'Shows you'), service('wiki'), service('admin-area', 'Admin <area>')];

function portal(changes: Partial<PortalPage>): string {
  return portalPage({
    domain,
    signedInAs: ALICE,
    services: SERVICES,
    search: '',
    portalUrl: '/',
    recommendation: null,
    accountUrl: '/.ostiary/account',
    signOutUrl: '/.ostiary/sign-out',
    accessRequestsUrl: null,
    switchAccountUrl: '/.ostiary/sign-in?switch=1',
    ...changes,
  }).toString();
}

describe('portalPage', () => {
  test('has a card for each Service, and who is signed in', () => {
    const markup = portal({});
    assert.equal(markup.match(/class="service"/g)?.length, 3);
    assert.match(markup, /href="https:\/\/wiki\.example\.com\/"/);
    assert.match(markup, /Admin &lt;area&gt;/);
    assert.match(markup, /Alice Example \(alice@example\.com\)/);
    assert.match(markup, /3 services/);
  });

  test('searches by a plain GET and keeps what was searched for', () => {
    const markup = portal({ search: 'wi" onfocus="x' });
    assert.match(markup, /<form class="search" role="search" method="get" action="\/"/);
    assert.match(markup, /value="wi&quot; onfocus=&quot;x"/);
  });

  test('says what to do when nothing is open to this user, and offers no search', () => {
    const markup = portal({ services: [] });
    assert.match(markup, /Ask whoever manages access/);
    assert.match(markup, /Switch account/);
    assert.doesNotMatch(markup, /type="search"/);
  });

  test('says when the search finds nothing', () => {
    assert.match(portal({ search: 'grafana' }), /No service matches “grafana”/);
  });

  test('says at a Service what has to be done first, and those on request stand by themselves', () => {
    const [one, other] = [service('safe'), service('vault')];
    const markup = portal({
      services: [
        { ...one, standing: 'second-factor' },
        { ...other, standing: 'requestable' },
      ],
    });
    assert.match(markup, /Needs your second factor[\s\S]*On request[\s\S]*vault[\s\S]*Request access/);
    assert.doesNotMatch(portal({}), /On request|Request access|second factor/);
  });

  test('shows a picture instead of the initials, without words of its own', () => {
    const markup = portal({ services: [{ ...service('wiki'), icon: '/.ostiary/icons/x' }] });
    assert.match(markup, /<img class="icon picture" src="\/\.ostiary\/icons\/x" alt="" width="46" height="46">/);
  });

  test('counts what is shown of what there is', () => assert.match(portal({ search: 'echo' }), /1 of 3 services/));
});

describe('findServices', () => {
  const cases: [search: string, found: string[]][] = [
    ['', ['echo', 'wiki', 'admin-area']],
    ['ECHO', ['echo']],
    ['shows', ['echo']],
    ['  admin   AREA ', ['admin-area']],
    ['wiki.example', ['wiki']],
    ['echo wiki', []],
  ];
  for (const [search, found] of cases) {
    test(`"${search}" finds ${found.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(
        findServices(SERVICES, search).map(({ name }) => name),
        found,
      );
    });
  }
});

describe('initials', () => {
  const cases = {
    'Public API': 'PA',
    echo: 'E',
    'api-by-path': 'AP',
    'über uns': 'ÜU',
    '': '?',
    '…': '?',
    '𝒳 y': '𝒳Y',
  };
  for (const [name, letters] of Object.entries(cases)) {
    test(`of "${name}" are ${letters}`, () => assert.equal(initials(name), letters));
  }

  test('every tint has a rule in both schemes', () => {
    for (let i = 0; i < TINTS; i++) assert.equal(STYLE.match(new RegExp(`\\.tint-${i} `, 'g'))?.length, 2);
    for (const name of ['a', 'echo', 'admin-area', '']) assert.ok(tint(name) >= 0 && tint(name) < TINTS);
  });
});

describe('chooseProviderPage', () => {
  const target = { host: 'echo.example.com', service: 'Echo' };

  test('says what it leads to, with a link for each provider', () => {
    const providers = [
      { name: 'corp', displayName: 'Corp SSO', url: '/.ostiary/sign-in?provider=corp&to=x', isRemembered: true },
      { name: 'github', displayName: null, url: '/.ostiary/sign-in?provider=github', isRemembered: false },
    ];
    const markup = chooseProviderPage({ domain, target, providers, byEmail: null, passkey: null }).toString();
    assert.doesNotMatch(markup, /<form/);
    assert.match(markup, /to reach <strong>Echo<\/strong> at echo\.example\.com/);
    assert.match(markup, /href="\/\.ostiary\/sign-in\?provider=corp&amp;to=x">Continue with Corp SSO \(used last\)</);
    assert.match(markup, /Continue with github/);
  });

  test('has a field for the e-mail address where providers state domains, and says what it found', () => {
    const providers = [{ name: 'corp', displayName: null, url: '/x', isRemembered: false }];
    const asked = { email: 'a"<b@c', isKnown: true };
    const found = chooseProviderPage({
      domain,
      target,
      providers,
      byEmail: { action: '/a?b=1&c', asked, all: '/all' },
      passkey: null,
    });
    assert.match(found.toString(), /<form class="by-email" method="post" action="\/a\?b=1&amp;c">/);
    assert.match(found.toString(), /value="a&quot;&lt;b@c"/);
    assert.match(found.toString(), /href="\/all">choose another</);
  });

  test('says what is missing when there is no provider', () => {
    assert.match(
      chooseProviderPage({ domain, target: null, providers: [], byEmail: null, passkey: null }).toString(),
      /No identity provider is set up/,
    );
  });
});

describe('signing out', () => {
  const facts = { domain, signedInAs: ALICE, action: '/.ostiary/sign-out', cancelUrl: '/', provider: null };

  test('is asked for by a page whose form posts', () => {
    const markup = confirmSignOutPage({ ...facts, csrf: 'abc"d' }).toString();
    assert.match(markup, /<form class="actions" method="post" action="\/\.ostiary\/sign-out">/);
    assert.match(markup, /name="csrf" value="abc&quot;d"/);
  });

  test('needs no hidden field without a token', () => {
    assert.doesNotMatch(confirmSignOutPage({ ...facts, csrf: null }).toString(), /<input/);
  });

  test('is confirmed, with the way back', () => {
    const markup = signedOutPage({ domain, signInUrl: '/', provider: null }).toString();
    assert.match(markup, /href="\/">Sign in again/);
    assert.match(markup, /may still be signed in/);
    assert.match(signedOutPage({ domain, signInUrl: '/', provider: 'Corp' }).toString(), /Corp has sent you back/);
  });

  test('offers the provider too where that is possible', () => {
    const markup = confirmSignOutPage({ ...facts, csrf: null, provider: 'Corp & Co' }).toString();
    assert.match(markup, /name="at" value="provider">Sign out at Corp &amp; Co too</);
    assert.doesNotMatch(confirmSignOutPage({ ...facts, csrf: null }).toString(), /name="at"/);
  });
});

describe('confirmHandOverPage', () => {
  test('names the host and goes on by a form that posts', () => {
    const facts = { domain, host: 'any.example.com', action: '/.ostiary/sign-in?to=x', portalUrl: '/' };
    const markup = confirmHandOverPage(facts).toString();
    assert.match(markup, /<strong>any\.example\.com<\/strong>/);
    assert.match(markup, /<form class="actions" method="post" action="\/\.ostiary\/sign-in\?to=x">/);
  });
});

describe('a sign-in that does not work', () => {
  test('is told with code, text and request id, and leads on by a link only', () => {
    const facts = {
      domain,
      code: 'state-unknown',
      title: 'You are not signed in',
      text: 'It took <too> long.',
      advice: 'Ask somebody.',
      requestId: 'r1',
      tryAgainUrl: '/again',
      still: null,
    };
    const markup = signInFailedPage(facts).toString();
    for (const part of [
      '<code>state-unknown</code>',
      'It took &lt;too&gt; long.',
      '<code>r1</code>',
      'href="/again"',
    ]) {
      assert.ok(markup.includes(part), `"${part}" is not on the page`);
    }
    assert.doesNotMatch(markup, /http-equiv/i);
  });

  test('says so when the reader is signed in all the same, and leads back', () => {
    const still = {
      signedInAs: { name: 'bob', displayName: 'Bob <B>', email: null },
      backUrl: 'https://app.example.com/x',
    };
    const words = { code: 'sign-in-cancelled', title: 'You cancelled', text: 'So.', advice: 'Or not.' };
    const markup = signInFailedPage({ domain, ...words, requestId: 'r1', tryAgainUrl: '/switch', still }).toString();
    assert.match(markup, /<h1>You are still signed in as Bob &lt;B&gt;<\/h1>/);
    assert.match(markup, /href="https:\/\/app\.example\.com\/x">Go back/);
    assert.match(markup, /href="\/switch">Switch account/);
    assert.doesNotMatch(markup, /not signed in/i);
  });

  test('offers no second try where it cannot help', () => {
    const words = { code: 'provider-none', title: 'Nobody can sign in yet', text: 'None.', advice: 'Add one.' };
    const markup = signInFailedPage({ domain, ...words, requestId: 'r1', tryAgainUrl: null, still: null }).toString();
    assert.match(markup, /<h1>Nobody can sign in yet<\/h1>/);
    assert.doesNotMatch(markup, /Try again/);
  });

  test('over plain HTTP says what to do', () => {
    const facts = { domain, host: 'echo.example.com', requestId: 'r1', secureUrl: 'https://echo.example.com/' };
    assert.match(insecureOriginPage(facts).toString(), /href="https:\/\/echo\.example\.com\/">Open with https/);
  });
});

describe('pages of a device', () => {
  const device = { domain, signedInAs: ALICE, action: '/device' };

  test('the code that somebody typed is a text, and what is wrong with it is said', () => {
    const markup = deviceCodePage({ ...device, userCode: '"><script>', problem: 'unknown' }).toString();
    assert.match(markup, /value="&quot;&gt;&lt;script&gt;"/);
    assert.match(markup, /role="alert">Nothing is waiting for this code/);
    assert.match(markup, /<form class="fields" method="post" action="\/device">/);
  });

  test('who confirms sees the code, where it was asked from, for whom and for what', () => {
    const asked = { ...device, userCode: 'WDJB-MJHT', clientAddress: '192.0.2.1', scopes: ['service:api'] };
    const markup = confirmDevicePage(asked).toString();
    for (const text of ['WDJB-MJHT', '192.0.2.1', 'alice@example.com', 'service:api', 'deny it']) {
      assert.ok(markup.includes(text), text);
    }
    assert.match(confirmDevicePage({ ...asked, scopes: [] }).toString(), /everything that you may do/);
  });

  test('says what came of it', () => {
    for (const outcome of ['approve', 'deny', 'too-late'] as const) {
      assert.match(deviceDecidedPage({ domain, outcome }).toString(), /<h1>The (device|code) /);
    }
  });
});
