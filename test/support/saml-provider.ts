import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inflateRawSync } from 'node:zlib';
import { escapeXml } from '../../src/base/xml/element.ts';
import { readXml } from '../../src/base/xml/read.ts';
import { bareCertificate, newSamlKey, type SamlKey } from './saml-key.ts';
import { EMAIL, newId, responseXml, type SamlParts, signed } from './saml-response.ts';

/** One key for all that do not care, because making one takes a while. */
const SHARED_KEY = newSamlKey();

/** A request as a browser brings it. */
export interface SamlRequest {
  readonly id: string;
  readonly consumerURL: string;
  readonly entityID: string;
  readonly relayState: string;
  readonly forceAuthn: boolean;
}

/** A SAML identity provider over real sockets that signs; whoever is sent there is signed in at once. */
export class SamlProvider {
  readonly #server = createServer((request, response) => this.#answer(request, response));
  key: SamlKey = SHARED_KEY;
  /** Those that the metadata name; that of `key` when left out. */
  published: readonly SamlKey[] | null = null;
  person = 'alice@example.com';
  /** Of the person, beside the e-mail address. */
  attributes: Readonly<Record<string, readonly string[]>> = {};
  /** What stands in responses instead. */
  parts: Partial<SamlParts> = {};
  /** What the metadata address answers instead. */
  instead: ((response: ServerResponse) => void) | null = null;
  metadataReads = 0;
  readonly requests: SamlRequest[] = [];

  static async start(): Promise<SamlProvider> {
    const provider = new SamlProvider();
    await new Promise<void>((resolve) => provider.#server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get entityID(): string {
    return `${this.url}/entity`;
  }

  get metadataURL(): string {
    return `${this.url}/metadata`;
  }

  /** Takes back what a test changed. */
  reset(): void {
    Object.assign(this, {
      key: SHARED_KEY,
      published: null,
      person: 'alice@example.com',
      attributes: {},
      parts: {},
      instead: null,
    });
  }

  metadata(): string {
    const keys = (this.published ?? [this.key]).map(
      (key) =>
        `<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${bareCertificate(key)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
    );
    return (
      `<?xml version="1.0"?><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${this.entityID}">` +
      `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys.join('')}` +
      `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${this.url}/sso"/>` +
      `</md:IDPSSODescriptor></md:EntityDescriptor>`
    );
  }

  /** What a good answer to the request says. */
  partsFor({ id, consumerURL, entityID }: SamlRequest): SamlParts {
    const now = Date.now();
    return {
      issuer: this.entityID,
      audience: entityID,
      recipient: consumerURL,
      destination: consumerURL,
      inResponseTo: id,
      id: newId(),
      issuedAt: now,
      notBefore: now - 5000,
      notOnOrAfter: now + 60_000,
      authenticatedAt: now,
      sessionNotOnOrAfter: null,
      nameID: this.person,
      nameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
      attributes: { [EMAIL]: [this.person], ...this.attributes },
      status: 'Success',
      conditions: '',
      ...this.parts,
    };
  }

  /** Signed as it should be. */
  responseTo(request: SamlRequest, parts: Partial<SamlParts> = {}): string {
    const all = { ...this.partsFor(request), ...parts };
    return all.status === 'Success' ? signed(responseXml(all), this.key) : responseXml(all);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #answer(incoming: IncomingMessage, response: ServerResponse): void {
    const url = new URL(incoming.url ?? '/', this.url);
    if (url.pathname === '/sso') this.#signIn(url, response);
    else if (url.pathname === '/metadata') this.#showMetadata(response);
    else response.writeHead(404).end();
  }

  #showMetadata(response: ServerResponse): void {
    this.metadataReads += 1;
    if (this.instead !== null) this.instead(response);
    else response.writeHead(200, { 'content-type': 'application/samlmetadata+xml' }).end(this.metadata());
  }

  #signIn(url: URL, response: ServerResponse): void {
    const request = readRequest(url);
    this.requests.push(request);
    const form = formOf(request, this.responseTo(request));
    const fields = Object.entries(form).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${escapeXml(value)}">`,
    );
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(
      `<!doctype html><html lang="en"><title>Signed in</title><link rel="icon" href="data:,"><form method="post" action="${escapeXml(request.consumerURL)}">` +
        `${fields.join('')}<button>Continue as ${escapeXml(this.person)}</button></form></html>`,
    );
  }
}

export function readRequest(url: URL): SamlRequest {
  const xml = inflateRawSync(Buffer.from(url.searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
  const { attributes, children } = readXml(xml, { comments: 'refuse', mostElements: 100 });
  return {
    id: attributes.get('ID') ?? '',
    consumerURL: attributes.get('AssertionConsumerServiceURL') ?? '',
    entityID: children.find(({ name }) => name === 'Issuer')?.text ?? '',
    relayState: url.searchParams.get('RelayState') ?? '',
    forceAuthn: attributes.get('ForceAuthn') === 'true',
  };
}

/** What the provider's page posts. */
export function formOf({ relayState }: SamlRequest, response: string): Readonly<Record<string, string>> {
  return { SAMLResponse: Buffer.from(response).toString('base64'), RelayState: relayState };
}
