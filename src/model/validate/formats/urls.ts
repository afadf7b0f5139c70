import type { Finding } from './finding.ts';

const SCHEMES: ReadonlySet<string> = new Set(['http', 'https']);
const PLANNED_SCHEMES = new Map([
  ['ws', 'write http: the scheme of upgrades is the same'],
  ['wss', 'write https: the scheme of upgrades is the same'],
  ['h2c', 'HTTP/2 to upstreams is not there yet; use http or https'],
  ['grpc', 'gRPC is not there yet; use http or https'],
]);

/** Messages never quote the URL, because it may carry a password. */
export function upstreamUrlFormat(text: string): Finding | null {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return { message: 'a URL with a scheme is needed', suggestion: schemeHint(text) };
  const instead = PLANNED_SCHEMES.get(scheme);
  if (instead !== undefined) {
    return { message: `the scheme "${scheme}" is known but not implemented yet`, suggestion: instead };
  }
  if (!SCHEMES.has(scheme)) return { message: `the scheme "${scheme}" is not one of http, https` };
  return urlFinding(text, urlParts);
}

function schemeHint(text: string): string | null {
  return /^[A-Za-z0-9.[\]:-]+(\/.*)?$/.test(text) ? `such as "http://${text}"` : `it begins with http:// or https://`;
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
