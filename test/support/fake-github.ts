import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export const GITHUB_CLIENT = 'Iv1.0123456789abcdef';
export const GITHUB_SECRET = 'the-secret-of-the-github-app';

export interface GithubEmail {
  readonly email: string;
  readonly primary: boolean;
  readonly verified: boolean;
}

interface Grant {
  readonly challenge: string;
  readonly redirectUri: string;
}

type Handler = (request: IncomingMessage, url: URL, response: ServerResponse) => void | Promise<void>;

/** GitHub as far as signing in needs it, over real sockets; whoever is sent there agrees at once. */
export class FakeGithub {
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #grants = new Map<string, Grant>();
  #codes = 0;
  account: unknown = { id: 583231, login: 'octocat' };
  emails: unknown = [{ email: 'Octo@Example.com', primary: true, verified: true }];
  /** What it answers instead, by path. */
  readonly instead = new Map<string, (response: ServerResponse) => void>();

  static async start(): Promise<FakeGithub> {
    const github = new FakeGithub();
    await new Promise<void>((resolve) => github.#server.listen(0, '127.0.0.1', resolve));
    return github;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Takes back what a test changed. */
  reset(): void {
    this.instead.clear();
    this.account = { id: 583231, login: 'octocat' };
    this.emails = [{ email: 'Octo@Example.com', primary: true, verified: true }];
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const instead = this.instead.get(url.pathname);
    if (instead !== undefined) return instead(response);
    const handlers: Readonly<Record<string, Handler>> = {
      '/login/oauth/authorize': (_request, { searchParams }, answer) => this.#authorize(searchParams, answer),
      '/login/oauth/access_token': (asked, _url, answer) => this.#exchange(asked, answer),
      '/api/v3/user': (asked, _url, answer) => this.#tell(asked, answer, this.account),
      '/api/v3/user/emails': (asked, _url, answer) => this.#tell(asked, answer, this.emails),
    };
    await (handlers[url.pathname] ?? ((_request, _url, answer) => void answer.writeHead(404).end()))(
      request,
      url,
      response,
    );
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const redirectUri = query.get('redirect_uri') ?? '';
    const isKnown = query.get('client_id') === GITHUB_CLIENT && query.get('code_challenge_method') === 'S256';
    if (!isKnown) return void response.writeHead(404).end();
    const code = `code-${this.#codes++}`;
    this.#grants.set(code, { challenge: query.get('code_challenge') ?? '', redirectUri });
    const back = new URL(redirectUri);
    back.search = new URLSearchParams({ code, state: query.get('state') ?? '' }).toString();
    response.writeHead(302, { location: back.href }).end();
  }

  async #exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    const grant = this.#grants.get(form.get('code') ?? '');
    this.#grants.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (form.get('client_id') !== GITHUB_CLIENT || form.get('client_secret') !== GITHUB_SECRET) {
      return json(response, { error: 'incorrect_client_credentials' });
    }
    if (grant?.challenge !== challenge || grant.redirectUri !== form.get('redirect_uri')) {
      return json(response, { error: 'bad_verification_code', error_description: 'The code is incorrect or expired.' });
    }
    json(response, { access_token: 'gho_token', token_type: 'bearer', scope: 'read:user,user:email' });
  }

  #tell(request: IncomingMessage, response: ServerResponse, what: unknown): void {
    if (request.headers.authorization !== 'Bearer gho_token') return void response.writeHead(401).end();
    json(response, what);
  }
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
