import type { SecureContext } from 'node:tls';
import { AppError } from '../../base/errors.ts';
import { NoProxyList } from './no-proxy.ts';
import { bareHost, portOf } from './origin.ts';

/** A forward proxy between us and an upstream, from `http_proxy`, `https_proxy` and `no_proxy`. */
export interface OutboundProxy {
  /** An IPv6 address stands without brackets. */
  readonly host: string;
  readonly port: number;
  /** The connection to the proxy itself is encrypted. */
  readonly secure: boolean;
  /** Value of Proxy-Authorization; `null` when the URL names no user. */
  readonly authorization: string | null;
  /** What the proxy's own certificate is checked against; `null`: the system's roots. */
  readonly secureContext: SecureContext | null;
}

/** What the environment says of outbound proxies. */
export interface ProxySettings {
  /** For http upstreams. */
  readonly http: OutboundProxy | null;
  /** For https upstreams. */
  readonly https: OutboundProxy | null;
  readonly exceptions: NoProxyList;
}

export const NO_PROXIES: ProxySettings = { http: null, https: null, exceptions: new NoProxyList('') };

/**
 * Reads `http_proxy`, `https_proxy` and `no_proxy`; the lower-case name wins over the upper-case one. Where a CGI
 * variable says that the environment is a request's, HTTP_PROXY is a request header (httpoxy, CVE-2016-5385).
 * @throws AppError `usage` on what is no URL of an http or https proxy; the value, which may hold a password, is not
 * repeated.
 */
export function proxySettings(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const isRequest = env.REQUEST_METHOD !== undefined;
  return {
    http: parseProxy('http_proxy', env.http_proxy || (isRequest ? '' : env.HTTP_PROXY)),
    https: parseProxy('https_proxy', env.https_proxy || env.HTTPS_PROXY),
    exceptions: new NoProxyList(env.no_proxy || env.NO_PROXY || ''),
  };
}

/** The proxy on the way to `origin`; `null`: connect directly. */
export function proxyFor(origin: URL, settings: ProxySettings): OutboundProxy | null {
  const proxy = origin.protocol === 'https:' || origin.protocol === 'wss:' ? settings.https : settings.http;
  if (proxy === null || settings.exceptions.has(bareHost(origin), portOf(origin))) return null;
  return proxy;
}

function parseProxy(variable: string, value: string | undefined): OutboundProxy | null {
  const text = value?.trim() ?? '';
  if (text === '') return null;
  // `proxy.example:3128` is common, and Go and curl read it as http.
  const spelled = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(spelled) ? new URL(spelled) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw new AppError('usage', `${variable} is not the URL of an http or https proxy`);
  }
  return {
    host: bareHost(url),
    port: portOf(url),
    secure: url.protocol === 'https:',
    authorization: authorizationOf(variable, url),
    secureContext: null,
  };
}

function authorizationOf(variable: string, { username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  const credentials = `${decoded(variable, username)}:${decoded(variable, password)}`;
  return `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;
}

function decoded(variable: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Its only failure; the text is a secret, so it is not repeated.
    throw new AppError('usage', `the user or password in ${variable} has a malformed percent escape`);
  }
}
