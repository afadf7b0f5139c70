/** The host that every case asks for; all of it is served by one upstream. */
export const HOST = 'app.gate.localhost';
/** What is below it needs an identity, which no case has. */
export const PROTECTED = '/admin';
/** Below it the upstream accepts WebSockets. */
export const SOCKETS = '/ws';
/** Below it requests get a credential and a field of ours. */
export const INJECTED = '/injected';
/** Below it the upstream is told about the client. */
export const TRANSPARENT = '/transparent';

/** A request as the upstream has to see it. */
export interface View {
  /** Method and target. */
  readonly line: string;
  readonly body?: string;
  /** All values of these fields. */
  readonly has?: Readonly<Record<string, readonly string[]>>;
  /** Names that are not there. */
  readonly lacks?: readonly string[];
  /** Text that stands in no field. */
  readonly without?: string;
}

/** What one client sends on a connection of its own, and what has to come of it. Every one ends closed by the gateway. */
export interface Case {
  readonly name: string;
  /** One character for each octet. */
  readonly bytes: string;
  /** The statuses that each final answer may have, in order. */
  readonly statuses: readonly (readonly number[])[];
  /** What the upstream sees; `unprotected`: whatever is not below `PROTECTED` in any reading. */
  readonly seen: readonly View[] | 'unprotected';
  /** The client ends its half behind the bytes. */
  readonly ends?: boolean;
  /** The first answer is a 101, and nothing is a message from there on. */
  readonly switches?: boolean;
}

export const OK: readonly number[] = [200];

/** Stands behind whatever is to be refused: it must never be served (R14). */
export const SMUGGLED = `GET /smuggled HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;

/** A head: a line and fields, ended as it has to be. */
export function head(line: string, ...fields: readonly string[]): string {
  return [line, ...fields, '', ''].join('\r\n');
}

/** A request for `/` that wants no further answer. */
export function get(...fields: readonly string[]): string {
  return head('GET / HTTP/1.1', `Host: ${HOST}`, 'Connection: close', ...fields);
}

/** One that does not close, and says nothing about its body. */
export function post(...fields: readonly string[]): string {
  return head('POST / HTTP/1.1', `Host: ${HOST}`, ...fields);
}

/** Refused, with nothing of it or behind it at the upstream. */
export function refused(name: string, bytes: string, statuses: readonly number[] = [400]): Case {
  return { name, bytes: bytes + SMUGGLED, statuses: [statuses], seen: [] };
}

/** Served as this, and once. `bytes` ask for the end of the connection. */
export function passed(name: string, bytes: string, view: View): Case {
  return { name, bytes, statuses: [OK], seen: [view] };
}

/** Refused because it never ends: the client goes away in the middle. */
export function cutOff(name: string, bytes: string): Case {
  return { name, bytes, statuses: [[400]], seen: [], ends: true };
}

/** As an octet is written in a name of a case. */
export function octetName(octet: number): string {
  return `octet ${octet.toString(16).padStart(2, '0')}`;
}

export function octets(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
