import { DOMAIN, type GatewayProcess } from './gateway-process.ts';

/** What the tests look at in an answer. */
export interface ScimBody {
  readonly id: string;
  readonly userName?: string;
  readonly externalId?: string;
  readonly displayName?: string;
  readonly active?: boolean;
  readonly name?: Readonly<Record<string, string>>;
  readonly emails?: readonly { readonly value: string }[];
  readonly groups?: readonly { readonly value: string }[];
  readonly members?: readonly { readonly value: string }[];
  readonly meta?: { readonly location: string };
  readonly totalResults?: number;
  readonly itemsPerPage?: number;
  readonly Resources?: readonly ScimBody[];
  readonly scimType?: string;
  readonly detail?: string;
  readonly status?: string;
}

export interface ScimAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Of an answer without a body: nothing in it is there. */
  readonly body: ScimBody;
  readonly text: string;
}

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** A directory that pushes to a gateway. */
export class ScimClient {
  readonly #gateway: GatewayProcess;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(gateway: GatewayProcess, token: string | null) {
    this.#gateway = gateway;
    this.#headers = token === null ? {} : { authorization: `Bearer ${token}` };
  }

  get(path: string): Promise<ScimAnswer> {
    return this.send('GET', path, null);
  }

  /** What fits a filter. */
  find(collection: 'Users' | 'Groups', filter: string): Promise<ScimAnswer> {
    return this.get(`${collection}?filter=${encodeURIComponent(filter)}`);
  }

  post(path: string, body: object): Promise<ScimAnswer> {
    return this.send('POST', path, JSON.stringify(body));
  }

  put(path: string, body: object): Promise<ScimAnswer> {
    return this.send('PUT', path, JSON.stringify(body));
  }

  patch(path: string, Operations: readonly object[]): Promise<ScimAnswer> {
    return this.send('PATCH', path, JSON.stringify({ schemas: [PATCH], Operations }));
  }

  delete(path: string): Promise<ScimAnswer> {
    return this.send('DELETE', path, null);
  }

  async send(method: string, path: string, body: string | null): Promise<ScimAnswer> {
    const headers = { ...this.#headers, ...(body !== null && { 'content-type': 'application/scim+json' }) };
    const answer = await this.#gateway.ask(DOMAIN, `/scim/v2/${path}`, { method, headers, body });
    const { status, body: text } = answer;
    return { status, headers: answer.headers, text, body: (text === '' ? {} : JSON.parse(text)) as ScimBody };
  }
}
