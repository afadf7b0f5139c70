import { HeaderList } from '../../base/header-list.ts';
import type { ResponseParser } from '../../wire/http1/response-parser.ts';
import { isWebSocketHopField, webSocketAccept } from '../../wire/web-socket/handshake.ts';

/** What is wrong about a 101 for `key` (RFC 6455 4.1); `null`: it opens the tunnel. `offered`: the request's fields. */
export function handshakeProblem(answer: ResponseParser, key: string, offered: HeaderList): string | null {
  const { facts, minorVersion } = answer;
  const fields = new HeaderList(answer.fields);
  if (minorVersion !== 1) return 'the answer switches protocols in HTTP/1.0';
  if (facts.upgrade !== 'websocket') return 'the answer switches to another protocol than WebSocket';
  if (!facts.nominatesUpgrade) return 'the answer switches protocols without Connection: Upgrade';
  const accepts = fields.all('sec-websocket-accept');
  if (accepts.length !== 1 || accepts[0] !== webSocketAccept(key)) return 'the answer has a wrong Sec-WebSocket-Accept';
  return choiceProblem(fields, offered);
}

/** A server chooses one subprotocol, and extensions, among those that were offered. */
function choiceProblem(fields: HeaderList, offered: HeaderList): string | null {
  const chosen = fields.all('sec-websocket-protocol');
  if (chosen.length > 1 || !isAmong(chosen, listed(offered, 'sec-websocket-protocol'))) {
    return 'the answer has a subprotocol that was not offered';
  }
  const extensions = listed(fields, 'sec-websocket-extensions').map(nameOf);
  return isAmong(extensions, listed(offered, 'sec-websocket-extensions').map(nameOf))
    ? null
    : 'the answer has an extension that was not offered';
}

function isAmong(chosen: readonly string[], offered: readonly string[]): boolean {
  return chosen.every((choice) => offered.includes(choice));
}

function listed(fields: HeaderList, name: string): string[] {
  return fields.all(name).flatMap((value) => value.split(',').map((item) => item.trim()));
}

/** Of an extension, without its parameters. */
function nameOf(extension: string): string {
  return (extension.split(';', 1)[0] as string).trim().toLowerCase();
}

/** The fields of a 101 that are for the client: its own handshake is made where it arrives. */
export function tunnelFields(passed: HeaderList): HeaderList {
  return HeaderList.from([...passed].filter(([name]) => !isWebSocketHopField(name) && name !== 'content-length'));
}
