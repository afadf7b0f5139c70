import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, open, service, yaml } from '../../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');
const redirecting = (name: string, redirect: object) =>
  open(name, upstream.url, {}, { plugins: [{ name: 'one', condition: { matchAny: true }, redirect }] });
/** What the client says. */
const SAID = 'ctx.request.http.headers["x-to"]';

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      ALLOW_ALL,
      redirecting('fixed', { location: 'https://other.example?a=b#there', statusCode: 308 }),
      redirecting('kept', { location: 'https://other.example/new/?a=b', keepPath: true, keepQuery: true }),
      redirecting('path', { location: '/new', keepPath: true }),
      redirecting('said', { eval: SAID }),
      redirecting('below', { eval: `"/in/" + ${SAID}` }),
      redirecting('templated', { liquid: '{{ ctx.request.http.headers["x-to"] }}' }),
      redirecting('listed', { eval: SAID, allowedOrigins: ['https://good.example'] }),
      redirecting('any', { eval: SAID, allowRedirectsToAnySiteThatTheExpressionGives: true }),
      service('guarded', {
        config: {
          upstream: { url: upstream.url },
          http: {
            plugins: [
              { name: 'one', phase: 'PRE_AUTH', condition: { matchAny: true }, redirect: { location: '/login' } },
            ],
          },
        },
      }),
    ),
  },
});

/** Where a request ends up, or why it does not. */
async function whither(name: string, path: string, to?: string): Promise<string> {
  const { headers, reason } = await gateway.ask(name, path, to === undefined ? {} : { headers: { 'x-to': to } });
  return headers.location ?? reason ?? 'passed';
}

test('a redirect answers, and no upstream is asked', async () => {
  const { status, headers, body } = await gateway.ask('fixed', '/x?c=d');
  assert.deepEqual([status, headers.location, body], [308, 'https://other.example/?a=b#there', '']);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal((await gateway.ask('guarded')).status, 302);
  assert.equal(upstream.received.length, 0);
});

test('path and query are kept when that is asked for', async () => {
  assert.equal(await whither('kept', '/x/y?c=d&e'), 'https://other.example/new/x/y?a=b&c=d&e');
  assert.equal(await whither('path', '/x?c=d'), '/new/x');
});

test('what a client puts into the path stays below', async () => {
  assert.equal(await whither('path', '//evil.example/'), '/new/evil.example/');
  assert.equal(await whither('kept', '/..//evil.example'), 'https://other.example/new/evil.example?a=b');
});

const own = () => `http://said.${DOMAIN}:${gateway.port}`;

test('an expression may lead to its own host, and over to HTTPS', async () => {
  assert.equal(await whither('said', '/', '/x/../y?a#b'), '/y?a#b');
  assert.equal(await whither('said', '/', `${own()}/x`), `${own()}/x`);
  assert.equal(await whither('said', '/', `https://said.${DOMAIN}/x`), `https://said.${DOMAIN}/x`);
  assert.equal(await whither('templated', '/', '/x'), '/x');
  assert.equal(await whither('listed', '/', 'https://GOOD.example:443/x'), 'https://good.example/x');
  assert.equal(await whither('any', '/', 'https://evil.example/x'), 'https://evil.example/x');
});

const ELSEWHERE = [
  'https://evil.example/',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/a/..//evil.example',
  '/./\\evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  'evil.example',
  '',
  'http:evil.example',
  'https:/evil.example',
  'https:\\\\evil.example',
  'https://good.example.evil.example/',
  'https://good.example@evil.example/',
  'https://root@good.example/',
  'http://good.example/',
  'https://good.example:8443/',
];

for (const to of ELSEWHERE) {
  test(`an expression leads nobody to another site: ${JSON.stringify(to)}`, async () => {
    assert.equal(await whither('said', '/', to), 'redirect-refused');
    assert.equal(await whither('listed', '/', to), 'redirect-refused');
    assert.equal(await whither('templated', '/', to), 'redirect-refused');
  });
}

test('dot segments do not lead out of what an expression puts in front', async () => {
  assert.equal(await whither('below', '/', '../..//evil.example'), 'redirect-refused');
});

for (const [config, message] of [
  [{ location: 'ftp://a.example' }, /neither a path of this host nor an http URL/],
  [{ location: '//a.example' }, /neither a path/],
  [{ location: 'https://u:p@a.example' }, /neither a path/],
  [{ location: '/x', allowedOrigins: ['https://a.example'] }, /there is neither/],
  [{ location: '/x', statusCode: 304 }, /301, 302, 303, 307, 308/],
  [{ location: '/x', eval: '"/y"' }, /location/],
  [{ keepPath: true }, /location/],
  [{ eval: 'nonsense(' }, /services\.yaml/],
] as const) {
  test(`is refused with its place: ${JSON.stringify(config)}`, async () => {
    const said = await mistakesIn(yaml(redirecting('wrong', config)));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}
