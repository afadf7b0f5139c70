import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { type Received, RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, open, service, workload, yaml } from '../../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');
const opa = createServer(async (request, response) => {
  const { input } = JSON.parse(Buffer.concat(await request.toArray()).toString());
  response.end(JSON.stringify({ result: input.ctx.request.http.path === '/asked' }));
});
await new Promise<void>((resolve) => opa.listen(0, '127.0.0.1', resolve));
after(() => opa.close().closeAllConnections());
const remotes = ['opa', 'down'].map((name) => ({
  name,
  url: name === 'opa' ? `http://127.0.0.1:${(opa.address() as AddressInfo).port}` : 'http://127.0.0.1:1',
}));
const always = { matchAny: true };
const withPlugins = (name: string, ...plugins: object[]) => open(name, upstream.url, {}, { plugins });
const starts = (prefix: string) => ({ match: `ctx.request.http.path.startsWith("${prefix}")` });

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      { ...ALLOW_ALL, spec: { ...ALLOW_ALL.spec, opa: { remotes } } },
      workload('robot'),
      ...['PRE_AUTH', 'POST_AUTH'].flatMap((phase) =>
        remotes.map(({ name: remote }) => {
          const condition = { opa: { remote, path: 'plugins/match' } };
          const name = `${remote}-${phase.toLowerCase().replace('_', '-')}`;
          return withPlugins(name, { name: 'asked', phase, condition, direct: { statusCode: 218 } });
        }),
      ),
      withPlugins(
        'answers',
        { name: 'teapot', condition: starts('/tea'), direct: { statusCode: 418, body: { inline: 'short and stout' } } },
        { name: 'old', condition: starts('/old'), path: { removePrefix: '/old', addPrefix: '/new' } },
        { name: 'off', isDisabled: true, condition: always, direct: {} },
      ),
      withPlugins('failing', {
        name: 'numbers',
        condition: { match: 'int(ctx.request.http.path.substring(1)) > 0' },
        direct: { statusCode: 204 },
      }),
      service('guarded', {
        config: {
          upstream: { url: upstream.url },
          http: {
            plugins: [
              {
                name: 'health',
                phase: 'PRE_AUTH',
                condition: { match: 'ctx.request.http.path == "/health"' },
                direct: { body: { inline: 'up' }, headers: [{ key: 'X-From', value: 'gateway' }] },
              },
              {
                name: 'nobody yet',
                phase: 'PRE_AUTH',
                condition: { match: 'ctx.user.metadata.name == "robot"' },
                direct: { statusCode: 500 },
              },
              {
                name: 'known by then',
                condition: { match: 'ctx.user.metadata.name == "robot" && ctx.request.http.path == "/who"' },
                direct: { body: { inline: 'robot' } },
              },
            ],
            header: { addResponseHeaders: [{ key: 'X-Out', value: 'seen' }] },
          },
        },
      }),
      {
        kind: 'Service',
        metadata: { name: 'alone' },
        spec: {
          mode: 'HTTP',
          isPublic: true,
          isAnonymous: true,
          config: {
            http: {
              response: { direct: { statusCode: 410, contentType: 'text/html', inline: '<p>gone' } },
              header: { addResponseHeaders: [{ key: 'X-Out', value: 'seen' }] },
            },
          },
        },
      },
    ),
  },
});

test('a plugin answers the requests that its condition matches; those behind it, and the upstream, see nothing', async () => {
  const { status, body, headers } = await gateway.ask('answers', '/tea/pot');
  assert.deepEqual([status, body, headers['content-type']], [418, 'short and stout', 'text/plain; charset=utf-8']);
});

test('a plugin changes the requests that its condition matches, and no others', async () => {
  const pathOf = async (path: string) => (JSON.parse((await gateway.ask('answers', path)).body) as Received).url;
  assert.equal(await pathOf('/old/things?a=b'), '/new/things?a=b');
});

test('a condition that fails refuses its request; a plugin is not got round so', async () => {
  const { status, body } = await gateway.ask('failing', '/no-number');
  assert.equal(status, 500);
  assert.match(body, /plugin-error/);
  assert.equal((await gateway.ask('failing', '/7')).status, 204);
});

test('before authorization a plugin answers strangers, and knows nobody', async () => {
  const { status, body, headers } = await gateway.ask('guarded', '/health');
  assert.deepEqual([status, body, headers['x-from']], [200, 'up', 'gateway']);
  assert.equal((await gateway.ask('guarded', '/who')).status, 401);
});

test('after authorization it knows who asks', async () => {
  const token = await gateway.token('robot');
  const { body } = await gateway.ask('guarded', '/who', { headers: bearer(token) });
  assert.equal(body, 'robot');
});

test('a Service may answer without an upstream', async () => {
  const { status, body, headers } = await gateway.ask('alone', '/');
  assert.deepEqual([status, body, headers['content-type'], headers['x-out']], [410, '<p>gone', 'text/html', 'seen']);
});

for (const phase of ['pre-auth', 'post-auth']) {
  test(`${phase}: a condition may ask a remote OPA, and one that cannot be asked lets nobody get round the plugin`, async () => {
    assert.equal((await gateway.ask(`opa-${phase}`, '/asked')).status, 218);
    assert.equal((await gateway.ask(`opa-${phase}`, '/other')).status, 200);
    const { status, body } = await gateway.ask(`down-${phase}`, '/asked');
    assert.equal(status, 500);
    assert.match(body, /plugin-error/);
  });
}

test('a mistake that configs inherit is told where it is written, and theirs where they stand', async () => {
  const limit = (value: string) => ({
    plugins: [{ name: value, condition: always, headers: { request: [{ op: 'SET', key: 'X-A', eval: value }] } }],
  });
  const configs = ['one', 'two'].map((name) => ({ name, parent: 'default', http: limit(`ctx.${name}`) }));
  const rules = configs.map(({ name }) => ({
    condition: { match: `ctx.request.http.path == "/${name}"` },
    configName: name,
  }));
  const config = { upstream: { url: upstream.url }, http: limit('ctx.usr') };
  const said = await mistakesIn(yaml(open('children', upstream.url, { config, dynamicConfig: { configs, rules } })));
  for (const field of ['usr', 'one', 'two']) assert.equal(said.split(`"${field}"`).length - 1, 1, said);
});
