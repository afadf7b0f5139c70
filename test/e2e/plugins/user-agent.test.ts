import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { open, yaml } from '../../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');
const guarded = (name: string, config: object) =>
  open(
    name,
    upstream.url,
    {},
    {
      plugins: [{ name: 'one', phase: 'PRE_AUTH', condition: { matchAny: true }, userAgent: config }],
    },
  );

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      guarded('people', { deny: ['(?i)bot\\b', '^curl/', '^$'] }),
      guarded('app', { allow: ['^OurApp/[0-9]+'], deny: ['OurApp/1\\b'] }),
      guarded('nobody', { allow: [] }),
      guarded('slow', { deny: ['(a+)+$', '(a|a)*b'] }),
      guarded('own', { allow: ['^OurApp'], statusCode: 426, body: { inline: 'get the app' } }),
    ),
  },
});

const CASES: readonly (readonly [name: string, agents: string[], isLetIn: boolean])[] = [
  ['people', ['Mozilla/5.0'], true],
  ['people', ['Googlebot/2.1'], false],
  ['people', ['some BOT'], false],
  ['people', ['botany/1.0'], true],
  ['people', ['curl/8.0'], false],
  ['people', ['not curl/8.0'], true],
  ['people', [], false],
  ['people', [''], false],
  ['people', ['Mozilla/5.0', 'Googlebot/2.1'], false],
  ['app', ['OurApp/2'], true],
  ['app', ['OurApp/1'], false],
  ['app', ['OurApp/10'], true],
  ['app', ['Mozilla/5.0 OurApp/2'], false],
  ['app', ['OurApp/2', 'Mozilla/5.0'], false],
  ['app', [], false],
  ['nobody', ['Mozilla/5.0'], false],
];

for (const [name, agents, isLetIn] of CASES) {
  test(`${name}: ${JSON.stringify(agents)} is ${isLetIn ? 'let in' : 'refused'}`, async () => {
    const { status, reason } = await gateway.ask(name, '/', {
      headers: agents.length === 0 ? {} : { 'user-agent': agents },
    });
    assert.deepEqual([status, reason], isLetIn ? [200, null] : [403, 'user-agent-refused']);
  });
}

test('an expression that explodes elsewhere takes no time', async () => {
  assert.equal((await gateway.ask('slow', '/', { headers: { 'user-agent': `${'a'.repeat(5000)}!` } })).status, 200);
});

test('its own answer takes the place of the refusal', async () => {
  const { status, body } = await gateway.ask('own', '/', { headers: { 'user-agent': 'Mozilla/5.0' } });
  assert.deepEqual([status, body], [426, 'get the app']);
});

for (const [config, message] of [
  [{}, /allow or deny is needed/],
  [{ deny: ['('] }, /not RE2 syntax/],
  [{ allow: ['(?=a)'] }, /not RE2 syntax/],
  [{ deny: ['(a{100}){10}'.repeat(30)] }, /repeat too much/],
] as const) {
  test(`is refused with its place: ${JSON.stringify(config).slice(0, 40)}`, async () => {
    const said = await mistakesIn(yaml(guarded('wrong', config)));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}
