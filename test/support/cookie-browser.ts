import { type IncomingHttpHeaders, request } from 'node:http';

export interface BrowserAnswer {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface StoredCookie {
  readonly host: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
}

interface Visit {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

const MOST_REDIRECTS = 20;

/**
 * As much of a browser as a sign-in needs: host-only cookies with paths, and redirects. Every host name leads to this
 * machine, like `curl --resolve`.
 */
export class CookieBrowser {
  readonly #cookies = new Map<string, StoredCookie>();

  /** Follows redirects to the end. */
  get(url: string | URL): Promise<BrowserAnswer> {
    return this.#follow(new URL(url), { method: 'GET' });
  }

  /** One request; a redirect is the answer. */
  step(url: string | URL, headers: Readonly<Record<string, string>> = {}): Promise<BrowserAnswer> {
    return this.#send(new URL(url), { method: 'GET', headers });
  }

  /** Posts a form as a page of the same origin does, and follows redirects. */
  post(url: string | URL, form: Readonly<Record<string, string>> = {}): Promise<BrowserAnswer> {
    return this.#follow(new URL(url), { method: 'POST', form, headers: sameOrigin(url) });
  }

  /** The same; a redirect is the answer. */
  submit(
    url: string | URL,
    form: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = sameOrigin(url),
  ): Promise<BrowserAnswer> {
    return this.#send(new URL(url), { method: 'POST', form, headers });
  }

  cookie(host: string, name: string): string | null {
    return this.cookies(host).find((cookie) => cookie.name === name)?.value ?? null;
  }

  cookies(host: string): StoredCookie[] {
    return [...this.#cookies.values()].filter((cookie) => cookie.host === host);
  }

  /** Another one with the same cookies, as they are now. */
  copy(): CookieBrowser {
    const copy = new CookieBrowser();
    for (const [key, cookie] of this.#cookies) copy.#cookies.set(key, cookie);
    return copy;
  }

  /** As an attacker would, or another program on the machine. */
  plant(host: string, name: string, value: string): void {
    this.#cookies.set(`${host} / ${name}`, { host, path: '/', name, value });
  }

  async #follow(url: URL, visit: Visit): Promise<BrowserAnswer> {
    let answer = await this.#send(url, visit);
    for (let hops = 0; answer.headers.location !== undefined; hops++) {
      if (hops === MOST_REDIRECTS) throw new Error(`too many redirects, the last one to ${answer.headers.location}`);
      answer = await this.#send(new URL(answer.headers.location, answer.url), { method: 'GET' });
    }
    return answer;
  }

  #send(url: URL, { method, headers = {}, form }: Visit): Promise<BrowserAnswer> {
    const body = form === undefined ? '' : new URLSearchParams(form).toString();
    const cookie = this.#cookieHeader(url);
    const sent = {
      host: url.host,
      accept: 'text/html',
      ...(cookie === '' ? {} : { cookie }),
      ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port: url.port,
        path: `${url.pathname}${url.search}`,
        method,
        headers: sent,
      };
      const outgoing = request({ ...options, agent: false }, (answer) => {
        this.#keep(url, answer.headers['set-cookie'] ?? []);
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('error', reject);
        answer.on('end', () => resolve({ url, status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
      });
      outgoing.on('error', reject).end(body);
    });
  }

  #cookieHeader(url: URL): string {
    return [...this.#cookies.values()]
      .filter(({ host, path }) => host === url.hostname && url.pathname.startsWith(path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  #keep(url: URL, fields: readonly string[]): void {
    for (const field of fields) {
      const [pair = '', ...attributes] = field.split(/;\s*/);
      const equals = pair.indexOf('=');
      const name = pair.slice(0, equals);
      const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
      const key = `${url.hostname} ${path} ${name}`;
      if (attributes.some(isExpiry)) this.#cookies.delete(key);
      else this.#cookies.set(key, { host: url.hostname, path, name, value: pair.slice(equals + 1) });
    }
  }
}

function sameOrigin(url: string | URL): Readonly<Record<string, string>> {
  return { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin' };
}

function isExpiry(attribute: string): boolean {
  return (
    /^max-age=0$/i.test(attribute) || (/^expires=/i.test(attribute) && Date.parse(attribute.slice(8)) < Date.now())
  );
}
