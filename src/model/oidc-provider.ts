import { Type } from 'typebox';
import { groupMapping } from './group-mapping.ts';
import { Duration, FromSecret, formatted, text, words } from './scalars.ts';
import { field, list, required, type Static, strict } from './schema.ts';

const privateKey = strict({
  fromSecret: required(FromSecret.properties.fromSecret, 'Name of the Secret with the key: PKCS #8 in PEM.'),
  keyID: field(text(256), 'The `kid` that the provider knows the key by.'),
});

const refresh = strict({
  interval: required(Duration, 'How often the provider is asked anew about a session that is used; 1 minute or more.'),
});

export const OidcProvider = strict(
  {
    clientID: required(text(512), 'Our client id at the provider.'),
    clientSecret: field(FromSecret, 'Our client secret at the provider.'),
    privateKey: field(privateKey, 'Our key, instead of a secret: `private_key_jwt`.'),
    clientAuthentication: field(
      words('client_secret_basic', 'client_secret_post', 'private_key_jwt'),
      'How we show who we are at the provider; what it offers when left out.',
    ),
    issuerURL: required(formatted('issuer-url', 2048), 'The issuer; its discovery document is read from there.'),
    scopes: field(list(text(256), 64), '`profile` and `email` when left out; `openid` is always asked for.'),
    identifierClaim: field(text(128), 'The claim that identifies a user; `sub` when left out.'),
    checkEmailVerified: field(
      Type.Boolean(),
      'Believe an e-mail address only when the provider says it is verified; true when left out.',
    ),
    useUserInfoEndpoint: field(Type.Boolean(), 'Read claims from the UserInfo endpoint too.'),
    groups: field(groupMapping, 'Groups by a claim, beside those of the User.'),
    refresh: field(refresh, 'Ask the provider again while a session goes on; never when left out.'),
  },
  { 'x-exactly-one': [['clientSecret', 'privateKey']] },
);
export type OidcProvider = Static<typeof OidcProvider>;
