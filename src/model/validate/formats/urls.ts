import type { Finding } from './finding.ts';

const SCHEMES: ReadonlySet<string> = new Set(['http', 'https', 'ws', 'wss', 'grpc', 'h2c']);

/** Messages never quote the URL, because it may carry a password. */
export function upstreamUrlFormat(text: string): Finding | null {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return { message: 'a URL with a scheme is needed', suggestion: schemeHint(text) };
  if (!SCHEMES.has(scheme)) return { message: `the scheme "${scheme}" is not one of ${[...SCHEMES].join(', ')}` };
  // The URL class reads hosts and ports of http; what is h2c to it is opaque.
  return urlFinding(`http${text.slice(scheme.length)}`, urlParts) ?? portFinding(scheme, text);
}

/** grpc has no port of its own (octelium.md §1.14). */
function portFinding(scheme: string, text: string): Finding | null {
  if (scheme !== 'grpc' || /:\d+\/?$/.test(text)) return null;
  return { message: 'a grpc URL needs a port', suggestion: 'such as "grpc://rpc.internal.example:50051"' };
}

function schemeHint(text: string): string | null {
  return /^[A-Za-z0-9.[\]:-]+(\/.*)?$/.test(text) ? `such as "http://${text}"` : `it begins with http:// or https://`;
}

export function httpUrlFormat(text: string): Finding | null {
  return urlFinding(text, (url) => {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return { message: 'an http or https URL is needed' };
    return url.hash === '' ? null : { message: 'the URL has a fragment, which is never sent' };
  });
}

export function issuerUrlFormat(text: string): Finding | null {
  return urlFinding(text, (url) => {
    if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
      return { message: 'an issuer uses https, except on a loopback address' };
    }
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return { message: 'an issuer is an https URL' };
    return url.search === '' && url.hash === '' ? null : { message: 'an issuer has no query or fragment' };
  });
}

/** What is believed comes from there, so nobody on the way may change it. */
export function secureUrlFormat(text: string): Finding | null {
  return urlFinding(text, (url) => {
    const isLocal = url.protocol === 'http:' && isLoopback(url.hostname);
    if (url.protocol !== 'https:' && !isLocal)
      return { message: 'an https URL is needed, except on a loopback address' };
    return url.hash === '' ? null : { message: 'the URL has a fragment, which is never sent' };
  });
}

/** As browsers spell it in the Origin field, since it is compared as text. */
export function originFormat(text: string): Finding | null {
  const example = 'such as "https://app.example.com" or "https://app.example.com:8443"';
  if (!URL.canParse(text)) return { message: 'this is not an origin', suggestion: example };
  const { protocol, origin } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return { message: 'this is not an origin', suggestion: example };
  return text === origin ? null : { message: 'this is not how browsers spell it', suggestion: `write "${origin}"` };
}

function urlFinding(text: string, judge: (url: URL) => Finding | null): Finding | null {
  if (/[\s\\]/.test(text) || !URL.canParse(text)) return { message: 'this is not a URL' };
  const url = new URL(text);
  if (url.hostname === '') return { message: 'the URL has no host' };
  if (url.username !== '' || url.password !== '') {
    return {
      message: 'a URL cannot carry a user name or password',
      suggestion: 'put it in a Secret and use http.auth',
    };
  }
  return judge(url);
}

function urlParts(url: URL): Finding | null {
  const more = url.pathname !== '/' || url.search !== '' || url.hash !== '';
  if (!more) return null;
  return {
    severity: 'warning',
    message: 'only scheme, host and port are used',
    suggestion: 'http.path.addPrefix puts a path in front',
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\./.test(host);
}
