import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, open, service, yaml } from '../../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream', {
  answer: (received, response) => {
    response.writeHead(200, { 'access-control-allow-origin': '*', 'x-total': '7', vary: 'Accept' });
    response.end(received.method);
  },
});
const APP = 'https://app.example.com';
const LISTED = { allowOriginStringMatch: ['https://App.example.com:443'], exposeHeaders: 'X-Total', maxAge: '600' };

const starts = (prefix: string) => ({ match: `ctx.request.http.path.startsWith("${prefix}")` });

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      ALLOW_ALL,
      open('listed', upstream.url, {}, { cors: { ...LISTED, allowMethods: 'GET, PUT', allowHeaders: 'X-A' } }),
      open('credentials', upstream.url, {}, { cors: { ...LISTED, allowCredentials: true } }),
      open('all', upstream.url, {}, { cors: { allowOriginStringMatch: ['*'] } }),
      open('domain', upstream.url, {}, { cors: { allowClusterServices: true } }),
      open('none', upstream.url),
      open(
        'parts',
        upstream.url,
        {},
        {
          plugins: [
            { name: 'api', phase: 'PRE_AUTH', condition: starts('/api'), cors: LISTED },
            { name: 'files', phase: 'PRE_AUTH', condition: starts('/files'), cors: { allowOriginStringMatch: ['*'] } },
          ],
        },
      ),
      service('guarded', { config: { upstream: { url: upstream.url }, http: { cors: LISTED } } }),
    ),
  },
});

const preflight = (name: string, origin: string, path = '/') =>
  gateway.ask(name, path, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-b' },
  });
const from = (name: string, origin: string, method = 'GET', path = '/') =>
  gateway.ask(name, path, { method, headers: { origin } });

test('a preflight is answered by the gateway, for the origins that are listed', async () => {
  const { status, headers } = await preflight('listed', APP);
  assert.equal(status, 204);
  assert.equal(headers['access-control-allow-origin'], APP);
  assert.equal(headers['access-control-allow-methods'], 'GET, PUT');
  assert.equal(headers['access-control-allow-headers'], 'X-A');
  assert.equal(headers['access-control-max-age'], '600');
  assert.equal(headers['access-control-allow-credentials'], undefined);
  assert.match(headers.vary ?? '', /Origin/);
  assert.equal(upstream.received.length, 0);
});

test('what is asked for is allowed when nothing is said about it', async () => {
  const { headers } = await preflight('credentials', APP);
  assert.equal(headers['access-control-allow-methods'], 'PUT');
  assert.equal(headers['access-control-allow-headers'], 'x-b');
  assert.equal(headers['access-control-allow-credentials'], 'true');
});

for (const origin of [
  'https://evil.example.com',
  'http://app.example.com',
  'https://app.example.com:8443',
  'https://app.example.com.evil.org',
  'https://app.example.com/',
  'https://u@app.example.com',
  'null',
  '',
]) {
  test(`another origin is refused: ${JSON.stringify(origin)}`, async () => {
    const { status, headers } = await preflight('listed', origin);
    assert.deepEqual([status, headers['access-control-allow-origin']], [403, undefined]);
    const answer = await from('listed', origin);
    assert.deepEqual([answer.status, answer.headers['access-control-allow-origin']], [200, undefined]);
  });
}

test('without rules no preflight is let through, not even to the upstream', async () => {
  const received = upstream.received.length;
  assert.equal((await preflight('none', APP)).status, 403);
  assert.equal(upstream.received.length, received);
});

test('OPTIONS that is no preflight goes to the upstream', async () => {
  assert.equal((await from('none', APP, 'OPTIONS')).body, 'OPTIONS');
});

test('the rules replace what the upstream says', async () => {
  const { headers } = await from('listed', APP);
  assert.equal(headers['access-control-allow-origin'], APP);
  assert.equal(headers['access-control-expose-headers'], 'X-Total');
  assert.equal(headers.vary, 'Accept, Origin');
});

test('pages see refusals too', async () => {
  const { status, headers } = await from('guarded', APP);
  assert.deepEqual([status, headers['access-control-allow-origin']], [401, APP]);
  assert.equal((await preflight('guarded', APP)).status, 204);
});

test('all origins may read, and none with credentials', async () => {
  const { headers } = await preflight('all', 'https://anywhere.example.org');
  assert.equal(headers['access-control-allow-origin'], 'https://anywhere.example.org');
  assert.equal(headers['access-control-allow-credentials'], undefined);
});

test('pages of the domain may read with credentials; a name that ends like it may not', async () => {
  for (const [origin, status] of [
    [`http://portal.${DOMAIN}`, 204],
    [`http://${DOMAIN}`, 204],
    [`http://evil${DOMAIN}`, 403],
    [`https://portal.${DOMAIN}`, 403],
  ] as const) {
    assert.equal((await preflight('domain', origin)).status, status, origin);
  }
});

test('its own origin is no other one', async () => {
  const { status } = await preflight('none', `http://none.${DOMAIN}:${gateway.port}`);
  assert.equal(status, 204);
});

for (const [path, origin, status, allowed] of [
  ['/api/x', APP, 204, APP],
  ['/api/x', 'https://evil.example.com', 403, undefined],
  ['/files/x', 'https://evil.example.com', 204, 'https://evil.example.com'],
  ['/else', APP, 403, undefined],
] as const) {
  test(`rules in a list are for what their conditions match: ${path} from ${origin}`, async () => {
    const asked = await preflight('parts', origin, path);
    assert.deepEqual([asked.status, asked.headers['access-control-allow-origin']], [status, allowed]);
    const answer = await from('parts', origin, 'GET', path);
    const told = path === '/else' ? '*' : allowed;
    assert.deepEqual([answer.status, answer.headers['access-control-allow-origin']], [200, told]);
  });
}

test('rules in a list that could not act are mistakes', async () => {
  const listed = { name: 'pages', condition: { matchAny: true }, cors: LISTED };
  const late = await mistakesIn(yaml(open('late', upstream.url, {}, { plugins: [listed] })));
  assert.match(late, /browsers send without credentials: it acts before anybody is identified.*set phase: PRE_AUTH/s);
  const patterns = { ...listed, phase: 'PRE_AUTH', cors: { allowOriginStringMatch: ['https://*.example.com'] } };
  const wildcard = await mistakesIn(yaml(open('wildcard', upstream.url, {}, { plugins: [patterns] })));
  assert.match(wildcard, /"https:\/\/\*\.example\.com" is not an origin/);
  const twice = { cors: LISTED, plugins: [{ ...listed, phase: 'PRE_AUTH' }] };
  assert.match(await mistakesIn(yaml(open('twice', upstream.url, {}, twice))), /plugins have such rules too/);
});
