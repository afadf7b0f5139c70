import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { group, open, policy, service, workload, yaml } from '../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');
const allow = { name: 'everyone', effect: 'ALLOW', condition: { matchAny: true } };

test('all or nothing: one bad document of many changes nothing', async () => {
  const gateway = await GatewayProcess.start();
  const many = Array.from({ length: 20 }, (_, i) => open(`service-${i}`, upstream.url));
  const { code, out, err } = await gateway.run(['apply', '-'], {
    input: yaml(...many, service('bad', { isPublik: true }), group('last')),
  });
  assert.equal(code, 1);
  assert.equal(out, '');
  assert.match(err, /^-:\d+:\d+: error: spec\.isPublik: /m);
  assert.match(err, /nothing was changed/);
  assert.equal(await gateway.command(['get', 'service', '-o', 'json']), '[]\n');
  assert.equal((await gateway.ask('service-0')).status, 404);
});

test('a Secret that is missing is said once', async () => {
  const gateway = await GatewayProcess.start();
  const clientSecret = { fromSecret: 'nowhere' };
  const spec = { oidc: { issuerURL: 'https://login.example.com', clientID: 'ostiary', clientSecret } };
  const input = JSON.stringify({ kind: 'IdentityProvider', metadata: { name: 'company' }, spec });
  const { code, err } = await gateway.run(['apply', '-'], { input });
  assert.equal(code, 1);
  assert.equal(err.match(/there is no Secret "nowhere"/g)?.length, 1);
  assert.match(err, /: error: /);
});

test('plan, dry run, diff and prune agree with each other', async () => {
  const gateway = await GatewayProcess.start();
  const before = yaml(open('kept', upstream.url), open('gone', upstream.url), group('team'));
  const after = yaml(open('kept', upstream.url), open('added', upstream.url), group('team'));
  assert.equal((await gateway.run(['diff', '-'], { input: before })).code, 2);
  assert.equal(
    await gateway.command(['apply', '-', '--dry-run'], before),
    '+ create Service/kept\n+ create Service/gone\n+ create Group/team\ndry run: nothing was changed\n',
  );
  assert.equal((await gateway.ask('kept')).status, 404);
  assert.match(await gateway.command(['apply', '-'], before), /^applied as generation \d+$/m);
  assert.equal((await gateway.ask('kept')).status, 200);
  assert.equal((await gateway.run(['diff', '-'], { input: before })).code, 0);

  const pruned = await gateway.command(['apply', '-', '--prune'], after);
  assert.match(
    pruned,
    /^= unchanged Service\/kept\n\+ create Service\/added\n= unchanged Group\/team\n- delete Service\/gone\n/,
  );
  assert.equal((await gateway.ask('gone')).status, 404);
  assert.equal((await gateway.ask('added')).status, 200);

  const bad = await gateway.run(['diff', '-'], { input: yaml(service('bad', { isPublik: true })) });
  assert.equal(bad.code, 1);
});

test('an update is live when apply comes back', async () => {
  const gateway = await GatewayProcess.start();
  for (const value of ['one', 'two']) {
    const header = { addRequestHeaders: [{ key: 'X-Version', value }] };
    await gateway.command(['apply', '-'], yaml(open('api', upstream.url, {}, { header })));
    await gateway.ask('api');
    assert.equal(upstream.last.headers['x-version'], value);
  }
});

test('what get prints can be applied again and changes nothing', async () => {
  const gateway = await GatewayProcess.start();
  await gateway.command(
    ['apply', '-'],
    yaml(
      policy('mine', allow),
      group('team'),
      workload('robot', { groups: ['team'], authorization: { policies: ['mine'] } }),
      open('api', upstream.url, { hosts: ['*.api.example.org'], match: { paths: [{ prefix: '/v1' }] } }),
    ),
  );
  const printed = [];
  for (const [kind, name] of [
    ['policy', 'mine'],
    ['group', 'team'],
    ['user', 'robot'],
    ['service', 'api'],
  ] as const) {
    printed.push(await gateway.command(['get', kind, name, '-o', 'yaml']));
  }
  assert.equal(
    await gateway.command(['apply', '-', '--dry-run'], printed.join('---\n')),
    '= unchanged Policy/mine\n= unchanged Group/team\n= unchanged User/robot\n= unchanged Service/api\n' +
      'dry run: nothing was changed\n',
  );
});

test('get and delete: what is missing, built in, attached or of a file is refused with exit 1', async () => {
  const gateway = await GatewayProcess.start({ files: { 'a.yaml': yaml(group('from-file')) } });
  await gateway.command(
    ['apply', '-'],
    yaml(
      policy('attached', allow),
      service('user', { authorization: { policies: ['attached'] }, config: { upstream: { url: upstream.url } } }),
    ),
  );
  const refusals = [
    [['get', 'service', 'nothing'], /there is no Service\/nothing/],
    [['get', 'servise'], /unknown kind "servise" \(did you mean .*[sS]ervice/],
    [['delete', 'service', 'nothing'], /there is no Service\/nothing/],
    [['delete', 'policy', 'attached'], /attached/],
    [['delete', 'policy', 'allow-all'], /allow-all/],
    [['delete', 'group', 'from-file'], /a\.yaml and is read-only/],
  ] as const;
  for (const [args, message] of refusals) {
    const { code, out, err } = await gateway.run([...args]);
    assert.equal(code, 1, args.join(' '));
    assert.match(err, message);
    assert.equal(out, '');
  }
  const kinds = parseAllDocuments(await gateway.command(['get', 'policy', '-o', 'yaml']));
  assert.ok(kinds.length >= 3, 'the built-in ones and the attached one are listed');

  assert.equal(await gateway.command(['delete', 'service', 'user']), '- delete Service/user\n');
  assert.equal(await gateway.command(['delete', 'policy', 'attached']), '- delete Policy/attached\n');
  assert.equal((await gateway.run(['get', 'policy', 'attached'])).code, 1);
});

test('what was applied is there after a restart', async () => {
  const gateway = await GatewayProcess.start();
  await gateway.command(['apply', '-'], yaml(open('api', upstream.url)));
  assert.equal(await gateway.stop(), 0);
  const restarted = await gateway.again();
  assert.equal((await restarted.ask('api')).status, 200);
});

test('one generation is told by apply, by status, by the log and by the metrics', async () => {
  const gateway = await GatewayProcess.start();
  await gateway.command(['create', 'user', 'robot', '--type', 'WORKLOAD']);
  const told = /applied as generation (\d+)/.exec(
    await gateway.command(['apply', '-'], yaml(open('counted', upstream.url))),
  )?.[1];
  assert.equal(told, '3');
  await gateway.ask('counted');
  assert.equal((await gateway.logged(({ service }) => service === 'counted')).generation, 3);
  assert.match((await gateway.admin('/metrics')).body, /^ostiary_generation 3$/m);
  assert.equal((await gateway.api.status()).generation, 3);
  assert.equal(
    (await gateway.api.apply({ texts: [{ file: '-', text: yaml(open('counted', upstream.url)) }] })).generation,
    3,
  );
});

test('what was just created has a uid and a time at once', async () => {
  const gateway = await GatewayProcess.start();
  await gateway.command(['create', 'user', 'new', '--type', 'WORKLOAD']);
  await gateway.token('new');
  await gateway.command(['create', 'secret', 'hidden', '--value', 'x']);
  for (const [kind, name] of [
    ['User', 'new'],
    ['Credential', 'of-new'],
    ['Secret', 'hidden'],
  ] as const) {
    const { uid, createdAt } = (await gateway.api.get(kind, name)).metadata;
    assert.ok(uid !== undefined && createdAt !== undefined, `${kind}/${name}`);
    assert.equal((await gateway.api.get(kind, uid)).metadata.name, name);
  }
  assert.match(await gateway.command(['get', 'user']), /^new +\d{4}-\d\d-\d\dT/m);
});

test('a mistake in create user names no place in a text that nobody wrote', async () => {
  const gateway = await GatewayProcess.start();
  const { code, out, err } = await gateway.run(['create', 'user', 'eve', '--group', 'nogroup']);
  assert.deepEqual([code, out], [1, '']);
  assert.match(err, /^ostiary: error: there is no Group "nogroup".*\nnothing was changed\n$/);
});
