import { Bool, Duration, FromSecret, formatted, nameOf, SimpleName, text, words } from './scalars.ts';
import { annotate, field, list, required, type Static, strict } from './schema.ts';

const name = required(SimpleName, 'What conditions call it.');
const url = formatted('http-url', 2048);
const token = field(FromSecret, 'A bearer token that is sent along.');

const polling = strict({
  minDelay: field(Duration, 'The shortest time from one look to the next; 60s when left out.'),
  maxDelay: field(Duration, 'The longest; 120s when left out, or minDelay if that is more.'),
});

const verification = strict(
  {
    publicKey: field(text(16_384), 'A public key in PEM.'),
    fromSecret: field(nameOf('Secret'), 'The Secret with the public key, or with the shared one of HS256.'),
    algorithm: field(words('RS256', 'PS256', 'ES256', 'HS256'), 'What it is signed with; RS256 when left out.'),
    scope: field(text(256), 'The scope that the signature must be made for; none when left out.'),
    required: field(Bool, 'Whether a bundle without a signature is refused; true when left out.'),
  },
  { 'x-exactly-one': [['publicKey', 'fromSecret']] },
);

export const OpaBundle = strict(
  {
    name,
    file: field(text(1024), 'A `.tar.gz` or `.wasm` file, or a directory with the files of a bundle.'),
    url: field(url, 'Where a bundle server has it.'),
    token,
    polling: field(polling, 'How often the server is asked.'),
    verification: field(verification, 'How its signature is checked; not at all when left out.'),
  },
  { 'x-exactly-one': [['file', 'url']] },
);
export type OpaBundle = Static<typeof OpaBundle>;

export const OpaRemote = strict({
  name,
  url: required(url, 'The address of an OPA, such as `http://127.0.0.1:8181`.'),
  timeout: field(Duration, 'How long an answer may take; 2s when left out.'),
  token,
});
export type OpaRemote = Static<typeof OpaRemote>;

/** Where conditions find policies that OPA compiled, or that OPA evaluates. */
export const OpaSettings = strict({
  bundles: field(annotate(list(OpaBundle, 100), { 'x-unique-by': 'name' }), 'Bundles with compiled policies.'),
  remotes: field(annotate(list(OpaRemote, 100), { 'x-unique-by': 'name' }), 'Running OPAs that are asked.'),
});
export type OpaSettings = Static<typeof OpaSettings>;
