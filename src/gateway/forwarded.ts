import type { HeaderList } from '../base/header-list.ts';
import { newNameSuffix } from '../base/ids.ts';
import type { Exchange } from './exchange.ts';

const FORWARDING_FIELDS = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-server',
  'x-forwarded-prefix',
  'x-forwarded-uri',
  'x-forwarded-scheme',
  'x-forwarded-method',
  'x-real-ip',
]);

/** Fields by which a proxy tells about the hop before it; RFC 7239 and its forerunners. */
export function isForwardingField(name: string): boolean {
  return FORWARDING_FIELDS.has(name);
}

/** An address that says nothing, for upstreams that insist on having one. */
const OBFUSCATED_ADDRESS = '10.0.0.1';
/** RFC 7239 6.3: obfuscated identifiers begin with an underscore. One a process, so that it identifies this hop. */
const OBFUSCATED_SELF = `_${newNameSuffix()}`;

/** Tells the upstream about the client as the config's `forwardedMode` says; by default nothing. */
export function setForwardedFields(x: Exchange, headers: HeaderList): void {
  switch (x.config!.forwardedMode) {
    case 'drop':
      return;
    case 'obfuscate':
      setObfuscated(x, headers);
      return;
    case 'transparent':
      setTransparent(x, headers);
      return;
  }
}

function setObfuscated(x: Exchange, headers: HeaderList): void {
  const { scheme, host } = x.request;
  headers.set('forwarded', `for=_${newNameSuffix()};by=${OBFUSCATED_SELF};proto=${scheme};host=${quoted(host)}`);
  headers.set('x-forwarded-for', OBFUSCATED_ADDRESS);
  headers.set('x-real-ip', OBFUSCATED_ADDRESS);
  headers.set('x-forwarded-proto', scheme);
  headers.set('x-forwarded-host', host);
}

/**
 * What a trusted proxy before us said is in the canonical view (what anyone else said is not), so it is passed on
 * as it came; without one, this hop states what it saw itself.
 */
function setTransparent(x: Exchange, headers: HeaderList): void {
  const { headers: seen, clientAddress, scheme, authority } = x.request;
  for (const [name, value] of seen) if (isForwardingField(name)) headers.append(name, value);
  if (!headers.has('x-forwarded-for')) headers.set('x-forwarded-for', clientAddress);
  if (!headers.has('x-real-ip')) headers.set('x-real-ip', clientAddress);
  if (!headers.has('x-forwarded-proto')) headers.set('x-forwarded-proto', scheme);
  if (!headers.has('x-forwarded-host')) headers.set('x-forwarded-host', authority);
}

function quoted(host: string): string {
  return /^[a-z0-9.-]+$/.test(host) ? host : `"${host}"`;
}
