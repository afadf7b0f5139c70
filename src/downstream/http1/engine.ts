import { RequestParser } from '../../wire/http1/request-parser.ts';
import type { Engine, ServeParts } from '../protocol.ts';
import { Http1Connection } from './connection.ts';

/** HTTP/1.1 and 1.0 (RFC 9112). Sockets are half-open: a client that has said all still gets its answer. */
export function createHttp1Engine(parts: ServeParts): Engine {
  const parser = new RequestParser(parts.limits);
  return {
    serve(socket, facts, first) {
      const connection = new Http1Connection(socket, facts, parts, parser);
      connection.begin(first);
      return connection;
    },
  };
}
