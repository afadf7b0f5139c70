import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { open, yaml } from '../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');
const SHARED = 'app.example.org';

/** A Service that names itself to the upstream. */
function named(name: string, spec: Record<string, unknown>) {
  const header = { addRequestHeaders: [{ key: 'X-Service', value: name }] };
  return open(name, upstream.url, spec, { header });
}

function sharing(name: string, match: Record<string, unknown>) {
  return named(name, { hosts: [SHARED], match });
}

const gateway = await GatewayProcess.start({
  files: {
    'hosts.yaml': yaml(
      { kind: 'Namespace', metadata: { name: 'prod' }, spec: {} },
      named('api', { hosts: ['*.wild.example.org', 'api.example.org'] }),
      named('api.prod', {}),
      named('default.prod', {}),
      named('private', { isPublic: false, hosts: ['private.example.org'] }),
      named('switched-off', { isDisabled: true }),
    ),
    'matches.yaml': yaml(
      sharing('rest', { paths: [{ prefix: '/' }] }),
      sharing('v1', { paths: [{ prefix: '/v1' }] }),
      sharing('exact', { paths: [{ exact: '/v1/exact' }] }),
      sharing('users', { paths: [{ template: '/v1/users/{id}' }] }),
      sharing('files', { paths: [{ template: '/files/{**}' }] }),
      sharing('numbers', { paths: [{ regex: '/v1/[0-9]+' }] }),
      sharing('posts', { paths: [{ prefix: '/v1/posts' }], methods: ['POST'] }),
      sharing('urgent', { paths: [{ prefix: '/v1/users/root' }], priority: 10 }),
    ),
  },
});

/** The Service that answered, or the reason why none did. */
async function servedBy(host: string, path = '/', method = 'GET'): Promise<string> {
  const { status, reason } = await gateway.ask(host, path, { method });
  return status === 200 ? String(upstream.last.headers['x-service']) : `${status} ${reason}`;
}

const HOSTS: readonly (readonly [host: string, served: string])[] = [
  [`api.${DOMAIN}`, 'api'],
  [`API.${DOMAIN.toUpperCase()}`, 'api'],
  [`api.default.${DOMAIN}`, 'api'],
  [`api.prod.${DOMAIN}`, 'api.prod'],
  [`prod.${DOMAIN}`, 'default.prod'],
  ['api.example.org', 'api'],
  ['API.example.ORG.', 'api'],
  ['one.wild.example.org', 'api'],
  ['one.two.wild.example.org', '404 no-route'],
  ['wild.example.org', '404 no-route'],
  [`private.${DOMAIN}`, '404 no-route'],
  ['private.example.org', '404 no-route'],
  [`switched-off.${DOMAIN}`, '503 service-disabled'],
  [`nothing.${DOMAIN}`, '404 no-route'],
  ['elsewhere.example.com', '404 no-route'],
];

for (const [host, served] of HOSTS) {
  test(`host ${host}: ${served}`, async () => assert.equal(await servedBy(host), served));
}

const PATHS: readonly (readonly [request: string, served: string])[] = [
  ['GET /', 'rest'],
  ['GET /v1', 'v1'],
  ['GET /v1/', 'v1'],
  ['GET /v1x', 'rest'],
  ['GET /v1/exact', 'exact'],
  ['GET /v1/exact/more', 'v1'],
  ['GET /v1/users/7', 'users'],
  ['GET /v1/users/7/more', 'v1'],
  ['GET /v1/users/root', 'urgent'],
  ['GET /files/a/b/c', 'files'],
  ['GET /v1/42', 'numbers'],
  ['GET /v1/42x', 'v1'],
  ['POST /v1/posts', 'posts'],
  ['GET /v1/posts', 'v1'],
  ['GET /v1/%65xact', 'exact'],
  ['GET /x/../v1/exact', 'exact'],
];

for (const [request, served] of PATHS) {
  test(`${request} on a shared host: ${served}`, async () => {
    const [method, path] = request.split(' ') as [string, string];
    assert.equal(await servedBy(SHARED, path, method), served);
  });
}

test('two Services of one host that cannot be told apart are an error', async () => {
  const twins = yaml(
    sharing('first', { paths: [{ prefix: '/same' }] }),
    sharing('second', { paths: [{ prefix: '/same' }] }),
  );
  const { code, err } = await gateway.run(['apply', '-'], { input: twins });
  assert.equal(code, 1);
  assert.match(err, /^-:\d+:\d+: error: .*equally specific/m);
});
