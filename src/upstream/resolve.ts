import { isIPv6 } from 'node:net';
import { AppError } from '../base/errors.ts';

/** An address that a connection is made to. An IPv6 address stands without brackets. */
export interface DialAddress {
  readonly host: string;
  readonly port: number;
}

/** Which addresses are dialled in place of others (`--resolve`). Names and TLS checks stay those of the URL. */
export class ResolveTable {
  readonly #byAuthority: ReadonlyMap<string, DialAddress>;

  /** @throws AppError `usage` on an entry that is not `HOST:PORT:ADDR:PORT`, IPv6 addresses in brackets. */
  constructor(entries: readonly string[] = []) {
    this.#byAuthority = new Map(entries.map(parseEntry));
  }

  dial(host: string, port: number): DialAddress {
    return this.#byAuthority.get(authority(host, port)) ?? { host, port };
  }
}

function parseEntry(entry: string): [string, DialAddress] {
  const parts = splitOutsideBrackets(entry);
  const [host, port, address, dialPort] = parts;
  const ports = [parsePort(port), parsePort(dialPort)] as const;
  if (parts.length !== 4 || !host || !address || ports[0] === null || ports[1] === null) throw malformed(entry);
  return [authority(unbracketed(host, entry), ports[0]), { host: unbracketed(address, entry), port: ports[1] }];
}

function splitOutsideBrackets(text: string): string[] {
  const parts = [''];
  let inside = false;
  for (const character of text) {
    if (character === '[') inside = true;
    if (character === ']') inside = false;
    if (character === ':' && !inside) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function unbracketed(host: string, entry: string): string {
  if (!host.startsWith('[')) return host;
  const address = host.slice(1, -1);
  if (!host.endsWith(']') || !isIPv6(address)) throw malformed(entry);
  return address;
}

function parsePort(text: string | undefined): number | null {
  const port = text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : null;
}

function authority(host: string, port: number): string {
  return `${host.toLowerCase()} ${port}`;
}

function malformed(entry: string): AppError {
  return new AppError('usage', `"${entry}" is not HOST:PORT:ADDR:PORT (IPv6 addresses in brackets)`);
}
