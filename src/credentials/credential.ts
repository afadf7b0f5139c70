import { AppError } from '../base/errors.ts';
import type { Plugin } from '../gateway/plugin.ts';
import type { HttpAuth } from '../model/index.ts';
import { clientCredentials } from './client-credentials.ts';
import type { CredentialDeps } from './deps.ts';
import { createInjector } from './injector.ts';
import { queryParameter } from './query-parameter.ts';
import { signedJwt } from './signed-jwt.ts';
import { sigv4 } from './sigv4/sigv4.ts';
import { tokenExchange } from './token-exchange.ts';

type Kinds = Required<HttpAuth>;
type Kind = keyof Kinds;
type Create<K extends Kind> = (settings: Kinds[K], deps: CredentialDeps) => Plugin;

const KINDS: { readonly [K in Kind]: Create<K> } = {
  bearer: (bearer) => ({ inject: createInjector({ bearer }) }),
  basic: (basic) => ({ inject: createInjector({ basic }) }),
  custom: (custom) => ({ inject: createInjector({ custom }) }),
  oauth2ClientCredentials: clientCredentials,
  sigv4,
  query: queryParameter,
  signedJWT: signedJwt,
  tokenExchange,
};

/**
 * What writes the upstream's credential, last of all and in place of what the client sent there. A credential that is
 * not to be had refuses the request (`credential-unavailable`); nothing is forwarded without it.
 * @throws AppError `invalid` when what is written cannot work
 */
export function createCredential(auth: HttpAuth, deps: CredentialDeps): Plugin {
  for (const kind of Object.keys(auth) as Kind[]) {
    const settings = auth[kind];
    if (settings !== undefined) return made(kind, settings as Kinds[typeof kind], deps);
  }
  throw new AppError('invalid', 'the credential is of no kind');
}

function made<K extends Kind>(kind: K, settings: Kinds[K], deps: CredentialDeps): Plugin {
  const create: Create<K> = KINDS[kind];
  return create(settings, deps);
}
