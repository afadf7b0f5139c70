import type { HeaderList } from '../../base/header-list.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { Response } from '../../gateway/outcome.ts';
import type { PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { acceptedCoding } from './accepted.ts';
import { CODINGS, type Coding } from './codings.ts';
import { CompressedBody } from './compressed-body.ts';
import type { CompressRules } from './schema.ts';
import { isSuitable, mayHoldSecrets, typeTest } from './suitable.ts';

const DEFAULT_TYPES = [
  'application/javascript',
  'application/json',
  'application/ld+json',
  'application/manifest+json',
  'application/problem+json',
  'application/wasm',
  'application/xhtml+xml',
  'application/xml',
  'image/svg+xml',
  'text/css',
  'text/csv',
  'text/html',
  'text/javascript',
  'text/markdown',
  'text/plain',
  'text/xml',
];
const DEFAULT_LEAST_BYTES = 1024;

/** Answers that one plugin compresses at a time; more go out as they are. */
const MOST_STREAMS = 256;

/** Compresses answers for clients that take them so (RFC 9110 8.4, 12.5.3). */
export const plugin: PluginType<CompressRules, PluginDeps> = {
  create: (config) => {
    const compression = new Compression(config);
    return { onResponse: (x) => compression.apply(x, x.response!) };
  },
};

class Compression {
  readonly #offered: readonly Coding[];
  readonly #isListed: (contentType: string) => boolean;
  readonly #least: number;
  readonly #despiteBreach: boolean;
  #streams = 0;

  constructor(rules: CompressRules) {
    this.#offered = rules.encodings ?? CODINGS;
    this.#isListed = typeTest(rules.types ?? DEFAULT_TYPES);
    this.#least = rules.minSize ?? DEFAULT_LEAST_BYTES;
    this.#despiteBreach = rules.compressAnswersThatMayHoldSecretsDespiteBreach === true;
  }

  apply(x: Exchange, response: Response): void {
    const { headers, status } = response;
    // It is about an answer that may have been compressed, and so was its tag.
    if (status === 304) weaken(headers);
    if (!isSuitable(x, response, this.#isListed, this.#least)) return;
    addVary(headers);
    if (!this.#despiteBreach && mayHoldSecrets(x, response)) return;
    const coding = acceptedCoding(x.request.headers.all('accept-encoding'), this.#offered);
    if (coding === null || this.#streams >= MOST_STREAMS) return;
    describe(headers, coding);
    if (response.body !== null) response.body = this.#compressed(response.body, coding);
  }

  #compressed(body: NonNullable<Response['body']>, coding: Coding): CompressedBody {
    this.#streams++;
    return new CompressedBody(body, coding, () => {
      this.#streams--;
    });
  }
}

/** Of the bytes as they were. */
const ABOUT_BYTES = ['content-length', 'accept-ranges', 'content-md5', 'digest', 'content-digest', 'repr-digest'];

function describe(headers: HeaderList, coding: Coding): void {
  headers.set('content-encoding', coding);
  for (const name of ABOUT_BYTES) headers.delete(name);
  weaken(headers);
}

/** RFC 9110 8.8.1: the bytes are others, the meaning is the same. */
function weaken(headers: HeaderList): void {
  const tag = headers.get('etag');
  if (tag !== null && !tag.startsWith('W/')) headers.set('etag', `W/${tag}`);
}

function addVary(headers: HeaderList): void {
  const names = headers
    .all('vary')
    .flatMap((value) => value.toLowerCase().split(','))
    .map((name) => name.trim());
  if (!names.includes('accept-encoding') && !names.includes('*')) headers.append('vary', 'Accept-Encoding');
}
