import { AppError, messageOf } from '../../src/base/errors.ts';
import type { Github } from '../../src/model/index.ts';
import { guardedFetch } from '../oidc/guarded-fetch.ts';
import type { ProviderFailure } from '../oidc/provider-errors.ts';

/** Why GitHub's answer is of no use. The message is for the log and holds nothing secret. */
export class GithubFault extends Error {
  readonly code: ProviderFailure;

  constructor(code: ProviderFailure, message: string) {
    super(message);
    this.name = 'GithubFault';
    this.code = code;
  }
}

export interface GithubAddresses {
  readonly issuer: string;
  readonly authorize: string;
  readonly token: string;
  /** Without a slash at its end. */
  readonly api: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** JSON, read; `undefined` when it is none. */
  readonly value: unknown;
}

const PUBLIC = 'https://github.com';
const PUBLIC_API = 'https://api.github.com';

/** An own installation has its API below its own address (docs.github.com/enterprise-server, "Getting started with the REST API"). */
export function addressesOf({ baseURL = PUBLIC }: Github): GithubAddresses {
  const base = baseURL.replace(/\/+$/, '');
  const api = base === PUBLIC ? PUBLIC_API : `${base}/api/v3`;
  return { issuer: base, authorize: `${base}/login/oauth/authorize`, token: `${base}/login/oauth/access_token`, api };
}

export interface ApiRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams;
  /** Milliseconds for the whole answer. */
  readonly timeout: number;
}

/** No redirect is followed. @throws GithubFault */
export async function ask({ url, method, headers, body, timeout }: ApiRequest): Promise<ApiAnswer> {
  const signal = AbortSignal.timeout(timeout);
  const fields = { 'user-agent': 'ostiary', accept: 'application/json', ...headers };
  try {
    const response = await guardedFetch(url, { method, headers: fields, body, redirect: 'manual', signal });
    const { status } = response;
    if (status >= 500) throw new GithubFault('provider-unreachable', `${method} ${url} gave ${status}`);
    return { status, value: parsed(await response.text()) };
  } catch (thrown) {
    throw thrown instanceof GithubFault
      ? thrown
      : new GithubFault(codeOf(thrown), `${method} ${url}: ${reasonOf(thrown)}`);
  }
}

function codeOf(thrown: unknown): ProviderFailure {
  return thrown instanceof AppError ? 'provider-answer-invalid' : 'provider-unreachable';
}

function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? `: ${thrown.cause.message}` : '';
  return `${messageOf(thrown)}${cause}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A member of a JSON object of somebody else's. */
export function own(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isObject ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
