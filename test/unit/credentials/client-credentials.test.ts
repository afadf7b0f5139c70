import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { HeaderList } from '../../../src/base/header-list.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { clientCredentials } from '../../../src/credentials/client-credentials.ts';
import type { PostForm } from '../../../src/credentials/tokens/token-endpoint.ts';
import type { Exchange, GrpcCall } from '../../../src/gateway/exchange.ts';
import { refuse } from '../../../src/gateway/outcome.ts';
import { exchangeWith } from '../upstream/support.ts';
import { credentialDeps } from './support.ts';

const SETTINGS = { clientID: 'gate', clientSecret: { fromSecret: 's' }, tokenURL: 'https://issuer.example/token' };
const UNAUTHENTICATED = 16;

function world(body: object = { access_token: 'token', token_type: 'Bearer', expires_in: 600 }) {
  let asked = 0;
  const post: PostForm = async () => {
    asked++;
    return { status: 200, body };
  };
  return { plugin: clientCredentials(SETTINGS, credentialDeps({ post })), asked: () => asked };
}

function exchange(version = 1): Exchange {
  const headers = HeaderList.from([
    ['authorization', 'Bearer client'],
    ['authorization', 'Bearer again'],
  ]);
  return exchangeWith(
    { headers },
    { open: () => (version === 0 ? null : new SecretValue('s3cret')), version: () => version },
  );
}

interface Ending {
  readonly status?: number;
  readonly grpc?: number;
  readonly isRefused?: boolean;
}

const ENDINGS: readonly (readonly [what: string, ending: Ending, asked: number])[] = [
  ['200', { status: 200 }, 1],
  ['401', { status: 401 }, 2],
  ['403', { status: 403 }, 1],
  ['UNAUTHENTICATED in the trailers', { grpc: UNAUTHENTICATED }, 2],
  ['a refusal of ours that calls of gRPC see as UNAUTHENTICATED', { grpc: UNAUTHENTICATED, isRefused: true }, 1],
];

for (const [what, { status = 200, grpc, isRefused = false }, expected] of ENDINGS) {
  test(`after ${what} the token endpoint has been asked ${expected} times`, async () => {
    const { plugin, asked } = world();
    for (let i = 0; i < 4; i++) {
      const x = exchange();
      assert.equal(await plugin.inject!(x), null);
      assert.deepEqual(x.outgoing!.headers.all('authorization'), ['Bearer token']);
      x.response = { status, headers: new HeaderList(), body: null };
      await plugin.onResponse!(x);
      if (grpc !== undefined) x.grpc = { status: grpc } as GrpcCall;
      if (isRefused) x.refusal = refuse('session-expired');
      plugin.onSettled!(x);
    }
    assert.equal(asked(), expected);
  });
}

test('without the Secret nobody is asked, also when there is a token of before', async () => {
  const { plugin, asked } = world();
  assert.equal(await plugin.inject!(exchange()), null);
  const x = exchange(0);
  assert.match(inspect(await plugin.inject!(x)), /credential-unavailable.*"s" is missing/s);
  assert.equal(asked(), 1);
  plugin.onSettled!(x);
});

test('an answer that is no token refuses, and is told to nobody', async () => {
  const { plugin } = world({ access_token: 'leaked\n', token_type: 'Bearer' });
  const outcome = inspect(await plugin.inject!(exchange()));
  assert.match(outcome, /the token endpoint: it gives no token that can be sent/);
  assert.doesNotMatch(outcome, /leaked|s3cret/);
});
