import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Interaction, Provider } from 'oidc-provider/lib/provider.js';
import { CidrSet } from '../base/cidr.ts';
import { AppError, messageOf } from '../base/errors.ts';
import {
  INTERACTION_PATH,
  type InnerAccount,
  type InnerClient,
  providerConfiguration,
} from './inner-provider/configuration.ts';
import { accountsPage, type ProviderPage, problemPage } from './inner-provider/pages.ts';

export type { InnerAccount, InnerClient } from './inner-provider/configuration.ts';

export interface InnerProviderOptions {
  /** 0: any free port. */
  readonly port: number;
  /** An address of this machine for itself; `127.0.0.1` when left out. */
  readonly address?: string;
  readonly clients: readonly InnerClient[];
  readonly accounts: readonly InnerAccount[];
  /** Spread over what `oidc-provider` is told. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface InnerProvider {
  readonly issuer: string;
  close(): Promise<void>;
}

const LOOPBACK = new CidrSet(['127.0.0.0/8', '::1']);
const MOST_FORM_BYTES = 4096;

/**
 * An identity provider with accounts that need no password, for development and tests.
 *
 * @throws AppError `refused` for an address that others can reach
 */
export async function startInnerProvider(options: InnerProviderOptions): Promise<InnerProvider> {
  const address = options.address ?? '127.0.0.1';
  if (!LOOPBACK.has(address)) {
    throw new AppError('refused', `The demo identity provider listens on loopback addresses only, not on ${address}.`);
  }
  const server = createServer();
  const authority = await listen(server, options.port, address);
  const issuer = `http://${authority}`;
  const provider = new Provider(issuer, {
    ...providerConfiguration(options.clients, options.accounts),
    ...options.settings,
  });
  server.on('request', createHandler(provider, authority, options));
  return { issuer, close: () => close(server) };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

function createHandler(provider: Provider, authority: string, options: InnerProviderOptions): Handler {
  const answerProtocol = provider.callback();
  const choice: Choice = {
    accounts: options.accounts,
    page: accountsPage(options.accounts, formOrigins(options.clients)),
  };
  return (request, response) => {
    // A page of another name that resolves to this machine (DNS rebinding) must not use this provider.
    if (request.headers.host !== authority) send(response, 421, problemPage('This host is not served here.'));
    else if (request.url?.startsWith(INTERACTION_PATH) !== true) void answerProtocol(request, response);
    else answerInteraction(provider, choice, request, response).catch((thrown) => fail(response, thrown));
  };
}

interface Choice {
  readonly accounts: readonly InnerAccount[];
  readonly page: ProviderPage;
}

/** RFC 6749 4.1.2.1 */
const CANCELLED = { error: 'access_denied', error_description: 'cancelled' };

async function answerInteraction(
  provider: Provider,
  { accounts, page }: Choice,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const interaction = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') return send(response, 200, page);
  const chosen = (await readForm(request)).get('account');
  const account = accounts.find(({ sub }) => sub === chosen);
  await forgetOther(provider, interaction, account);
  const result = account === undefined ? CANCELLED : { login: { accountId: account.sub } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** Left to itself the provider would ask for a sign-out first, with a form that needs JavaScript. */
async function forgetOther(
  provider: Provider,
  interaction: Interaction,
  account: InnerAccount | undefined,
): Promise<void> {
  const { session } = interaction;
  if (session?.accountId === undefined || account === undefined || session.accountId === account.sub) return;
  await (await provider.Session.findByUid(session.uid))?.destroy();
  delete interaction.session;
  await interaction.save(interaction.exp - Math.floor(Date.now() / 1000));
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > MOST_FORM_BYTES) throw new AppError('invalid', 'The form is too large.');
  }
  return new URLSearchParams(text);
}

function send(response: ServerResponse, status: number, { headers, body }: ProviderPage): void {
  response.writeHead(status, headers).end(body);
}

function fail(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) response.destroy();
  else send(response, 400, problemPage(messageOf(thrown)));
}

/** Where the browser goes after the form: the relying party, and from there to hosts below its own. */
function formOrigins(clients: readonly InnerClient[]): string[] {
  const urls = clients.flatMap(({ redirectUris }) => redirectUris.map((uri) => new URL(uri)));
  return [...new Set(urls.flatMap((url) => [url.origin, `${url.protocol}//*.${url.host}`]))];
}

function listen(server: Server, port: number, address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      const host = address.includes(':') ? `[${address}]` : address;
      resolve(`${host}:${(server.address() as AddressInfo).port}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
