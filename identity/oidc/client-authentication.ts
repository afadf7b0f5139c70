import { createPrivateKey, type KeyObject } from 'node:crypto';
import * as client from 'openid-client';
import { AppError, messageOf } from '../../src/base/errors.ts';
import type { SecretValue } from '../../src/base/secret-value.ts';
import type { OidcProvider } from '../../src/model/index.ts';
import type { OpenSecret } from '../ports.ts';

type Method = NonNullable<OidcProvider['clientAuthentication']>;

/** Name of the Secret that shows a provider who we are. */
export function clientSecretName({ clientSecret, privateKey }: OidcProvider): string {
  return (privateKey ?? clientSecret)?.fromSecret ?? '';
}

/** Opens the secret at each use, so that a new value needs no restart and none is kept. */
export function clientAuthentication(oidc: OidcProvider, openSecret: OpenSecret): client.ClientAuth {
  return async (server, metadata, body, headers) => {
    const name = clientSecretName(oidc);
    const secret = openSecret(name);
    if (secret === null) throw new AppError('unavailable', `Secret "${name}" is missing.`);
    const authenticate = await BY_METHOD[methodOf(oidc, server)](secret, oidc, server);
    await authenticate(server, metadata, body, headers);
  };
}

type Maker = (
  secret: SecretValue,
  oidc: OidcProvider,
  server: client.ServerMetadata,
) => client.ClientAuth | Promise<client.ClientAuth>;

const BY_METHOD: Readonly<Record<Method, Maker>> = {
  client_secret_basic: (secret) => client.ClientSecretBasic(secret.reveal()),
  client_secret_post: (secret) => client.ClientSecretPost(secret.reveal()),
  private_key_jwt: async (secret, { privateKey }, server) => {
    const key = await importKey(secret, server);
    return client.PrivateKeyJwt(privateKey?.keyID === undefined ? key : { key, kid: privateKey.keyID });
  },
};

/** OpenID Connect Discovery 1.0, 3: `client_secret_basic` when nothing is stated. */
function methodOf({ clientAuthentication: stated, privateKey }: OidcProvider, server: client.ServerMetadata): Method {
  if (stated !== undefined) return stated;
  if (privateKey !== undefined) return 'private_key_jwt';
  const isBasic = server.token_endpoint_auth_methods_supported?.includes('client_secret_basic') ?? true;
  return isBasic ? 'client_secret_basic' : 'client_secret_post';
}

async function importKey(secret: SecretValue, server: client.ServerMetadata): Promise<client.CryptoKey> {
  try {
    const key = createPrivateKey(secret.reveal());
    const der = key.export({ type: 'pkcs8', format: 'der' });
    return await crypto.subtle.importKey('pkcs8', new Uint8Array(der), algorithmOf(key, server), false, ['sign']);
  } catch (thrown) {
    throw new AppError('invalid', `The Secret of privateKey is no usable key: ${messageOf(thrown)}`);
  }
}

const RSA = { RS256: 'RSASSA-PKCS1-v1_5', PS256: 'RSA-PSS' } as const;

/** RS256, unless the provider says that it takes PS256 only. */
function algorithmOf(
  key: KeyObject,
  server: client.ServerMetadata,
): { name: string; hash?: string; namedCurve?: string } {
  const taken = server.token_endpoint_auth_signing_alg_values_supported ?? ['RS256'];
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { name: taken.includes('PS256') && !taken.includes('RS256') ? RSA.PS256 : RSA.RS256, hash: 'SHA-256' };
    case 'ec':
      return { name: 'ECDSA', namedCurve: CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 'P-256' };
    case 'ed25519':
      return { name: 'Ed25519' };
    default:
      throw new AppError('invalid', `a key of type ${key.asymmetricKeyType ?? 'unknown'}`);
  }
}

/** OpenSSL's names. */
const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };
