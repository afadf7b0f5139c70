import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../support/gateway-process.ts';
import { type Received, RecordingUpstream } from '../support/recording-upstream.ts';
import { open, yaml } from '../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream', {
  answer: (received, response) => response.end(JSON.stringify(received)),
});

const MODES = ['DROP', 'OBFUSCATE', 'TRANSPARENT'] as const;

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      { kind: 'ClusterConfig', metadata: { name: 'default' }, spec: { ingress: { trustedProxies: ['127.0.0.1'] } } },
      ...MODES.map((forwardedMode) =>
        open(forwardedMode.toLowerCase(), upstream.url, {}, { header: { forwardedMode } }),
      ),
    ),
  },
});

/** What a client sends and a proxy in front passes on, because it knows nothing of them. */
const CLAIMS = ['user', 'email', 'groups', 'preferred-username', 'access-token'].map((name) => `x-forwarded-${name}`);
const ADDRESSES = ['x-forwarded', 'forwarded-for', 'true-client-ip', 'x-client-ip', 'x-cluster-client-ip'];
const OTHERS = ['x-original-uri', 'x-original-host', 'proxy', 'proxy-connection'];

for (const mode of MODES) {
  test(`${mode}: an upstream behind a trusted proxy is told no user, address or URI that the client made up`, async () => {
    const spoofed = [...CLAIMS, ...ADDRESSES, ...OTHERS];
    const sent = Object.fromEntries(spoofed.map((name) => [name, 'root']));
    const { status, body } = await gateway.ask(mode.toLowerCase(), '/', { headers: sent });
    assert.equal(status, 200, body);
    const { headers } = JSON.parse(body) as Received;
    assert.deepEqual(
      spoofed.filter((name) => headers[name] !== undefined),
      [],
    );
  });
}
