import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { GatewayProcess } from '../support/gateway-process.ts';
import type { Answer } from '../support/http-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, service, workload, yaml } from '../support/resources.ts';

/** Answers everybody with who they are, as the gateway says, and says how long that is good. */
const upstream = await RecordingUpstream.start('upstream', {
  answer: ({ url, headers }, response) => {
    const said = new URL(url, 'http://upstream').searchParams.get('said') ?? '';
    response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': said, etag: '"the same for all"' });
    setTimeout(() => response.end(`asked-by:${headers['x-webauth-user']};${'x'.repeat(2000)}`), Math.random() * 5);
  },
});
const always = { matchAny: true };
const POST_AUTH: Readonly<Record<string, object>> = {
  cache: { ttl: '1h' },
  compress: {},
  headers: { response: [{ op: 'SET', key: 'X-Told', eval: 'ctx.user.metadata.name' }] },
  rateLimit: { limit: 100_000, window: '1h', key: { perUser: true } },
  path: { addPrefix: '/all' },
  requestSize: { maxBytes: 100 },
};
const SHARING = { cache: { ttl: '1h', allowSharingOfPublicAnswersBetweenIdentities: true } };
const IDENTIFYING = {
  apiKey: { header: 'X-Api-Key', keys: [{ user: 'carol', key: { fromSecret: 'carols-key' } }] },
  basicAuth: { users: [{ user: 'dave', password: { fromSecret: 'daves-password' } }] },
};

function listed(plugins: Readonly<Record<string, object>>, phase: string): object[] {
  return Object.entries(plugins).map(([name, config]) => ({ name, phase, condition: always, [name]: config }));
}

const told = { identityAssertion: { headers: { user: 'X-Webauth-User' } } };
const withPlugins = (name: string, others: Readonly<Record<string, object>>) =>
  service(name, {
    config: {
      upstream: { url: upstream.url },
      http: { ...told, plugins: [...listed(IDENTIFYING, 'PRE_AUTH'), ...listed(others, 'POST_AUTH')] },
    },
  });

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      ALLOW_ALL,
      ...['alice', 'bob', 'carol', 'dave'].map((name) => workload(name)),
      withPlugins('own', POST_AUTH),
      withPlugins('turned', Object.fromEntries(Object.entries(POST_AUTH).toReversed())),
      withPlugins('shared', { ...POST_AUTH, ...SHARING }),
    ),
  },
});
await gateway.command(['create', 'secret', 'carols-key', '--value', 'key-of-carol-0123456789']);
await gateway.command(['create', 'secret', 'daves-password', '--value', 'password-of-dave']);
const [alice, bob] = await Promise.all([gateway.token('alice'), gateway.token('bob')]);

const AT_ONCE = 60;
/** Their connections are the same ones, which the gateway is not to take anybody's identity from. */
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
after(() => agent.destroy());

const ASKERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  alice: { authorization: `Bearer ${alice}` },
  bob: { 'x-api-key': bob },
  carol: { 'x-api-key': 'key-of-carol-0123456789' },
  dave: { authorization: `Basic ${btoa('dave:password-of-dave')}` },
  nobody: {},
};

interface Asked {
  readonly asker: string;
  readonly name: string;
  readonly path: string;
  readonly said: string;
  readonly encoding: string;
}

const request: fc.Arbitrary<Asked> = fc.record({
  asker: fc.constantFrom(...Object.keys(ASKERS)),
  name: fc.constantFrom('own', 'turned', 'shared'),
  path: fc.constantFrom('/a', '/b'),
  said: fc.constantFrom('', 'max-age=60', 'no-cache', 'must-revalidate', 'private'),
  encoding: fc.constantFrom('identity', 'gzip', 'br'),
});

function ask({ name, path, said, encoding, asker }: Asked): Promise<Answer> {
  const headers = { 'accept-encoding': encoding, ...ASKERS[asker] };
  return gateway.ask(name, `${path}?said=${encodeURIComponent(said)}`, { headers, agent });
}

test('over shared connections, everybody gets what was made for them', async () => {
  const asked = fc.sample(request, 10 * AT_ONCE);
  const answers: Answer[] = [];
  for (let i = 0; i < asked.length; i += AT_ONCE) {
    answers.push(...(await Promise.all(asked.slice(i, i + AT_ONCE).map(ask))));
  }
  for (const [i, { status, headers, body }] of answers.entries()) {
    const { asker } = asked[i]!;
    assert.equal(status, asker === 'nobody' ? 401 : 200, body);
    if (asker === 'nobody') continue;
    assert.equal(headers['x-told'], asker);
    if (headers['content-encoding'] === undefined) assert.match(body, new RegExp(`^asked-by:${asker};x+$`));
  }
  assert.ok(answers.filter(({ headers }) => headers['content-encoding'] !== undefined).length > 50);
  assert.ok(answers.filter(({ reusedConnection }) => reusedConnection).length > 100);
  assert.ok(upstream.received.length < 500, `${upstream.received.length} were sent to the upstream`);
});

/** Web cache deception: an address that looks public leads to a page of whoever asks. */
const DECEIVING = [
  '/account/x.css',
  '/account;x.css',
  '/account%3Bx.css',
  '/account%3fx.css',
  '/account%23x.css',
  '/account%00.css',
  '/account%0A.css',
  '/static/..%2faccount',
  '/static/%2e%2e/account',
  '/account?x.css',
];

test('an address that looks public deceives nobody', async () => {
  for (const path of DECEIVING) {
    for (const name of ['own', 'shared']) {
      const asked = ['alice', 'bob', 'nobody', 'alice'].map((asker) =>
        gateway.ask(name, path, { headers: ASKERS[asker]! }),
      );
      const answers = await Promise.all(asked);
      for (const [i, asker] of ['alice', 'bob', 'nobody', 'alice'].entries()) {
        const { status, body } = answers[i]!;
        assert.ok(
          status >= 400 || body.startsWith(`asked-by:${asker};`),
          `${asker} at ${path}: ${status} ${body.slice(0, 40)}`,
        );
        if (asker === 'nobody') assert.ok(status >= 400, path);
      }
    }
  }
});
