import type { Socket } from 'node:net';
import type { Endpoint } from '../endpoint.ts';
import { askOnce } from './http2-probe.ts';

const METHOD = '/grpc.health.v1.Health/Check';
/** Flag and length in front of a message. */
const PREFIX = 5;

/** Asks by the health checking protocol of gRPC: only SERVING is healthy. */
export async function askByGrpc(socket: Socket, endpoint: Endpoint, service: string): Promise<void> {
  const head = {
    ':method': 'POST',
    ':path': METHOD,
    'content-type': 'application/grpc',
    te: 'trailers',
    'user-agent': 'ostiary-health-check',
  };
  const { fields, body, trailers } = await askOnce(socket, endpoint, head, framed(checkRequest(service)));
  const status = trailers['grpc-status'] ?? fields['grpc-status'];
  if (status !== '0') throw new Error(`it answered with grpc-status ${status ?? 'missing'}`);
  if (!isServing(body)) throw new Error('it is not serving');
}

/** `HealthCheckRequest{service = 1}`; an empty text is left out. */
function checkRequest(service: string): Buffer {
  const name = Buffer.from(service, 'utf8');
  if (name.byteLength === 0) return name;
  return Buffer.concat([Buffer.from([0x0a, ...varint(name.byteLength)]), name]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32BE(message.byteLength, 1);
  return Buffer.concat([prefix, message]);
}

/** `HealthCheckResponse{status = 1: SERVING = 1}`, uncompressed. */
function isServing(body: Buffer): boolean {
  return body[0] === 0 && body[PREFIX] === 0x08 && body[PREFIX + 1] === 0x01;
}
