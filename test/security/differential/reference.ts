import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import type { Field } from '../../support/strict-reader.ts';
import type { Pieces } from './mutations.ts';

/** A request as `node:http` reads it. */
export interface Reading {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  /** Names in lower case. */
  readonly fields: readonly Field[];
  body: string;
  /** All of the body is here. */
  whole: boolean;
}

/** An answer as `node:http` reads it; `null`: it reads none. */
export interface AnswerReading {
  readonly status: number;
  readonly fields: readonly Field[];
  body: string;
  whole: boolean;
}

const MOST_TURNS = 6;

/** Reads what clients send with a strict server of `node:http`, without sockets. */
export class ReferenceServer {
  readonly #server: Server;
  #readings: Reading[] = [];

  constructor() {
    this.#server = createServer({ insecureHTTPParser: false, requireHostHeader: true, maxHeaderSize: 64 * 1024 });
    // What was read before is still to be collected; the connection goes when `read` is over.
    this.#server.on('clientError', () => {});
    this.#server.on('request', (message, response) => {
      record(message, this.#readings).on('end', () => response.end());
    });
  }

  async read(pieces: Pieces): Promise<readonly Reading[]> {
    this.#readings = [];
    const [client, server] = duplexPair();
    ignoreErrors(client).resume();
    this.#server.emit('connection', ignoreErrors(server));
    for (const piece of pieces) {
      if (server.destroyed) break;
      client.write(piece, 'latin1');
      await turns(1);
    }
    await turns(MOST_TURNS);
    client.destroy();
    server.destroy();
    return this.#readings;
  }
}

function record(message: IncomingMessage, readings: Reading[]): IncomingMessage {
  const { method = '', url: target = '', httpVersion: version } = message;
  const reading: Reading = { method, target, version, fields: fieldsOf(message), body: '', whole: false };
  readings.push(reading);
  return collect(message, reading);
}

function collect(message: IncomingMessage, into: { body: string; whole: boolean }): IncomingMessage {
  message.setEncoding('latin1');
  message.on('data', (chunk: string) => {
    into.body += chunk;
  });
  return message
    .on('error', () => {})
    .on('end', () => {
      into.whole = message.complete;
    });
}

function fieldsOf({ rawHeaders }: IncomingMessage): Field[] {
  const fields: Field[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) fields.push([rawHeaders[i]!.toLowerCase(), rawHeaders[i + 1]!]);
  return fields;
}

/** Reads what an upstream answers with the client of `node:http`. */
export async function readAnswer(method: string, pieces: Pieces, ends: boolean): Promise<AnswerReading | null> {
  const [client, server] = duplexPair();
  ignoreErrors(server).resume();
  let reading: AnswerReading | null = null;
  const asked = request({ method, path: '/', host: 'a.example', createConnection: () => ignoreErrors(client) });
  asked.on('error', () => {}).on('upgrade', () => client.destroy());
  asked.on('response', (message) => {
    reading = { status: message.statusCode ?? 0, fields: fieldsOf(message), body: '', whole: false };
    collect(message, reading);
  });
  asked.end();
  await turns(1);
  for (const piece of pieces) {
    server.write(piece, 'latin1');
    await turns(1);
  }
  if (ends) server.end();
  await turns(MOST_TURNS);
  client.destroy();
  server.destroy();
  return reading;
}

function ignoreErrors(stream: Duplex): Duplex {
  return stream.on('error', () => {});
}

/** Everything of a reading happens within a few turns of the event loop, for no socket is part of it. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
