import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSecondFactor } from '../../../identity/factors/start-on-service-host.ts';
import { isFramed } from '../../../identity/site/framed.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { CookieBrowser } from '../../support/cookie-browser.ts';
import { APP, DOMAIN } from './fixture.ts';
import { Installation, pageOf } from './installation.ts';

const here = Installation.forFile();
const IN_FRAME = { 'sec-fetch-dest': 'iframe' };

test('only what browsers say of frames is one', () => {
  for (const [dest, expected] of [
    ['iframe', true],
    ['object', true],
    ['document', false],
    ['empty', false],
  ] as const) {
    assert.equal(isFramed({ headers: HeaderList.from([['sec-fetch-dest', dest]]) }), expected, dest);
  }
  assert.equal(isFramed({ headers: new HeaderList() }), false);
});

test('in a frame nobody signs in, and whoever is signed in is passed on', async () => {
  const browser = new CookieBrowser();
  const { location } = (await browser.step(here.url(APP, '/a?b=c'), IN_FRAME)).headers;
  const page = pageOf(await browser.step(location!, IN_FRAME));
  assert.deepEqual(page, { name: 'framed', host: APP, url: here.url(APP, '/a?b=c') });
  const known = await here.signedIn(here.url(DOMAIN, '/'));
  const start = await known.step(here.url(APP, '/a'), IN_FRAME);
  assert.equal((await known.step(start.headers.location!, IN_FRAME)).status, 303);
});

/** What a Service host answers to `/.ostiary/second-factor?to=…`. */
async function start(to: string) {
  const { config } = here.fixture;
  const request = {
    method: 'GET',
    scheme: 'http',
    host: APP,
    authority: APP,
    path: '/.ostiary/second-factor',
  } as const;
  const rest = { headers: new HeaderList(), clientAddress: '127.0.0.1', query: new URLSearchParams({ to }) };
  const readBody = async () => ({ kind: 'read', bytes: new Uint8Array() }) as const;
  return startSecondFactor({ request: { ...request, ...rest, readBody }, config });
}

test('a script has its page sent to the second factor, and back to this host alone', async () => {
  const answer = await start('/app?x=1');
  assert.equal(answer.kind, 'redirect');
  const { location, cookies } = answer as Extract<typeof answer, { kind: 'redirect' }>;
  const url = new URL(location);
  assert.equal(`${url.origin}${url.pathname}`, `http://${DOMAIN}/.ostiary/second-factor`);
  assert.equal(url.searchParams.get('to'), `http://${APP}/app?x=1`);
  assert.equal(cookies.length, 1);
  for (const to of ['//evil.example/', 'https://evil.example/', '/\\evil.example', 'evil', '/a\n']) {
    const refused = await start(to);
    assert.deepEqual([refused.kind, 'page' in refused && refused.page.name], ['page', 'sign-in-failed'], to);
  }
});
