import type { Clock } from '../../src/base/clock.ts';
import type { HeaderList } from '../../src/base/header-list.ts';
import { hashHandle, newHandle, newNameSuffix } from '../../src/base/ids.ts';
import { networkOf } from '../../src/base/network.ts';
import { SecretValue } from '../../src/base/secret-value.ts';
import type { RecordStore, StoredRecord, TextVault } from '../ports.ts';
import { findCookies } from '../sessions/cookie-header.ts';
import { cookiePrefix, isHandle, type Scheme, setCookie } from '../sessions/cookies.ts';
import { KEPT_FORM_ID } from './addresses.ts';

export interface KeptFormsDeps {
  readonly records: RecordStore;
  readonly texts: TextVault;
  readonly clock: Clock;
}

/** What a form sent, and where to. */
export interface KeptForm {
  /** Canonical, and the one host where it is given back. */
  readonly host: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface Kept {
  readonly id: string;
  /** Only the browser that sent the form has it, on that host. */
  readonly setCookie: string;
}

/** Who shows the cookie of a kept form. */
export interface Shown {
  readonly headers: HeaderList;
  readonly scheme: Scheme;
  readonly host: string;
  readonly id: string;
}

const SPACE = 'kept-form';
const LIFE_MS = 10 * 60_000;
/** Of one client address (IPv6: of one network), and of all; what is too many of one is not kept, of all the oldest goes. */
const MOST_OF_ADDRESS = 8;
const MOST = 500;

/** Forms that were sent with a session that had ended, sealed, for the browsers that sent them. */
export class KeptForms {
  readonly #deps: KeptFormsDeps;

  constructor(deps: KeptFormsDeps) {
    this.#deps = deps;
  }

  /** `null`: there are too many from that address. */
  async keep(form: KeptForm, scheme: Scheme, clientAddress: string): Promise<Kept | null> {
    const { records, texts, clock } = this.#deps;
    const owner = networkOf(clientAddress);
    if ((await records.ofOwner(SPACE, owner)).length >= MOST_OF_ADDRESS) return null;
    const handle = newHandle();
    const key = hashHandle(handle);
    const { bytes, ...rest } = form;
    const text = JSON.stringify({ ...rest, body: Buffer.from(bytes).toString('base64') });
    const json = texts.seal(nameOf(key), new SecretValue(text));
    const record = { space: SPACE, key, owner, expiresAt: clock.now() + LIFE_MS, json };
    if (!(await records.add(record, MOST))) return null;
    const id = newNameSuffix();
    return { id, setCookie: setCookie(scheme, cookieName(scheme, id), handle, LIFE_MS / 1000) };
  }

  /** `null`: there is none for this browser on this host, any more. */
  async look(shown: Shown): Promise<KeptForm | null> {
    const key = keyOf(shown);
    return key === null ? null : this.#opened(await this.#deps.records.get(SPACE, key), shown.host);
  }

  /** The same, once. */
  async take(shown: Shown): Promise<KeptForm | null> {
    const key = keyOf(shown);
    if (key === null || (await this.look(shown)) === null) return null;
    return this.#opened(await this.#deps.records.take(SPACE, key), shown.host);
  }

  #opened(record: StoredRecord | null, host: string): KeptForm | null {
    const text = record === null ? null : this.#deps.texts.open(nameOf(record.key), record.json);
    if (text === null) return null;
    const { body, ...form } = JSON.parse(text.reveal()) as Omit<KeptForm, 'bytes'> & { readonly body: string };
    return form.host === host ? { ...form, bytes: Buffer.from(body, 'base64') } : null;
  }
}

function keyOf({ headers, scheme, id }: Shown): string | null {
  if (!KEPT_FORM_ID.test(id)) return null;
  const wanted = cookieName(scheme, id);
  const [cookie, another] = findCookies(headers, (name) => name === wanted, 2);
  if (cookie === undefined || another !== undefined || !isHandle(cookie.value)) return null;
  return hashHandle(cookie.value);
}

function cookieName(scheme: Scheme, id: string): string {
  return `${cookiePrefix(scheme)}ostiary-kept-${id}`;
}

function nameOf(key: string): string {
  return `${SPACE}/${key}`;
}
