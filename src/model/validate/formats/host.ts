import { isIP } from 'node:net';
import { quote } from '../describe.ts';
import type { Finding } from './finding.ts';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A host name in lower case without port; the first label may be `*`. */
export function hostFormat(host: string): Finding | null {
  const hint = hostHint(host);
  if (hint !== null) return { message: `${quote(host)} is not a host name`, suggestion: hint };
  const labels = (host.startsWith('*.') ? host.slice(2) : host).split('.');
  if (labels.every((label) => LABEL.test(label)) && !(host.startsWith('*.') && labels.length < 2)) return null;
  return { message: `${quote(host)} is not a host name`, suggestion: 'such as app.example.com or *.example.com' };
}

function hostHint(host: string): string | null {
  if (host.includes('://')) return 'without the scheme';
  if (host.includes('/')) return 'without a path; see spec.match for paths';
  if (isIP(host) !== 0 || host.startsWith('[')) return 'a name, not an address';
  if (/:\d+$/.test(host)) return 'without the port';
  return host === host.toLowerCase() ? null : `write ${quote(host.toLowerCase())}`;
}
