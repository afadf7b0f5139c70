import { join } from 'node:path';
import { after } from 'node:test';
import {
  type CallOptions,
  type Client,
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceClientConstructor,
  type ServiceError,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';

export interface Words {
  readonly text?: string;
  readonly number?: number;
  readonly ballast?: Buffer;
}

const PROTO = join(import.meta.dirname, 'protos', 'parrot.proto');
export const PARROT: PackageDefinition = loadSync(PROTO, { defaults: true });
const packages = loadPackageDefinition(PARROT) as unknown as { test: { v1: { Parrot: ServiceClientConstructor } } };
const { Parrot } = packages.test.v1;

/** The upstream: a server of grpc-js that says things back and remembers what it saw. */
export class ParrotServer {
  readonly port: number;
  /** Metadata of every call. */
  readonly seen: Metadata[] = [];
  /** Milliseconds that each call had left when it came; `Infinity` without a deadline. */
  readonly left: number[] = [];
  cancelled = 0;
  readonly server: Server;

  private constructor(server: Server, port: number) {
    this.server = server;
    this.port = port;
  }

  /** @param extend adds further services before it listens */
  static async start(
    extend: (server: Server) => void = () => {},
    secured: ServerCredentials = ServerCredentials.createInsecure(),
  ): Promise<ParrotServer> {
    const server = new Server({ 'grpc.max_receive_message_length': -1 });
    const calls: { parrot: ParrotServer | null } = { parrot: null };
    server.addService(Parrot.service, {
      Say: (call: ServerUnaryCall<Words, Words>, done: sendUnaryData<Words>) => calls.parrot!.#say(call, done),
      Count: (call: ServerWritableStream<Words, Words>) => calls.parrot!.#count(call),
      Collect: (call: ServerReadableStream<Words, Words>, done: sendUnaryData<Words>) =>
        calls.parrot!.#collect(call, done),
      Chat: (call: ServerDuplexStream<Words, Words>) => calls.parrot!.#chat(call),
    });
    extend(server);
    const port = await new Promise<number>((resolve, reject) => {
      const told = (error: Error | null, bound: number) => (error === null ? resolve(bound) : reject(error));
      server.bindAsync('127.0.0.1:0', secured, told);
    });
    calls.parrot = new ParrotServer(server, port);
    after(() => server.forceShutdown());
    return calls.parrot;
  }

  get last(): Metadata {
    return this.seen.at(-1)!;
  }

  #see(call: {
    metadata: Metadata;
    getDeadline(): Date | number;
    on(event: 'cancelled', told: () => void): unknown;
  }): void {
    this.seen.push(call.metadata);
    this.left.push(Number(call.getDeadline()) - Date.now());
    call.on('cancelled', () => this.cancelled++);
  }

  #say(call: ServerUnaryCall<Words, Words>, done: sendUnaryData<Words>): void {
    this.#see(call);
    const { text = '', number = 0, ballast } = call.request;
    if (text === 'wait') return;
    const trailer = new Metadata();
    trailer.set('x-trailer', 'yes');
    trailer.set('x-trailer-bin', Buffer.from([0, 255]));
    const header = new Metadata();
    header.set('x-header', 'yes');
    call.sendMetadata(header);
    if (number > 0) {
      trailer.set('grpc-status-details-bin', Buffer.from('details'));
      done({ code: number, details: `failed: ${text} é%`, metadata: trailer });
      return;
    }
    done(null, { text: `said: ${text}`, ...(ballast === undefined ? {} : { ballast }) }, trailer);
  }

  #count(call: ServerWritableStream<Words, Words>): void {
    this.#see(call);
    const { number = 0 } = call.request;
    for (let i = 1; i <= Math.abs(number); i++) call.write({ number: i });
    if (number > 0) call.end();
  }

  #collect(call: ServerReadableStream<Words, Words>, done: sendUnaryData<Words>): void {
    this.#see(call);
    const texts: string[] = [];
    call.on('data', ({ text = '' }: Words) => texts.push(text));
    call.on('end', () => done(null, { text: texts.join(' ') }));
  }

  #chat(call: ServerDuplexStream<Words, Words>): void {
    this.#see(call);
    call.on('data', ({ text = '' }: Words) => call.write({ text: `said: ${text}` }));
    call.on('end', () => call.end());
  }
}

/** What a call came to. */
export type Outcome =
  | { readonly answer: Words; readonly headers: Metadata; readonly trailers: Metadata }
  | ServiceError;

/** A client of grpc-js whose calls go to a host of the gateway. */
export class ParrotClient {
  readonly raw: Client;

  /** @param ca PEM of the authority to trust: makes it TLS */
  constructor(port: number, host: string, ca: string | null = null) {
    const secured = ca === null ? credentials.createInsecure() : credentials.createSsl(Buffer.from(ca));
    const options = {
      'grpc.default_authority': host,
      'grpc.max_receive_message_length': -1,
      // A connection of its own.
      'grpc.use_local_subchannel_pool': 1,
    };
    const name = ca === null ? {} : { 'grpc.ssl_target_name_override': host };
    this.raw = new Parrot(`127.0.0.1:${port}`, secured, { ...options, ...name });
    after(() => this.raw.close());
  }

  say(words: Words, metadata = new Metadata(), options: CallOptions = {}): Promise<Outcome> {
    return new Promise((resolve) => {
      let headers = new Metadata();
      let result: Words | ServiceError | null = null;
      const method = Parrot.service.Say!;
      const call = this.raw.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize as (bytes: Buffer) => Words,
        words,
        metadata,
        options,
        (error, answer) => {
          result = error ?? answer!;
          if (error !== null) resolve(error);
        },
      );
      call.on('metadata', (given) => {
        headers = given;
      });
      call.on('status', ({ code, metadata: trailers }) => {
        if (code === 0) setImmediate(() => resolve({ answer: result as Words, headers, trailers }));
      });
    });
  }

  count(words: Words) {
    const { path, requestSerialize, responseDeserialize } = Parrot.service.Count!;
    return this.raw.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize as (bytes: Buffer) => Words,
      words,
    );
  }

  collect(done: (error: ServiceError | null, answer?: Words) => void, metadata = new Metadata()) {
    const { path, requestSerialize, responseDeserialize } = Parrot.service.Collect!;
    return this.raw.makeClientStreamRequest(
      path,
      requestSerialize,
      responseDeserialize as (bytes: Buffer) => Words,
      metadata,
      done,
    );
  }

  chat(metadata = new Metadata()) {
    const { path, requestSerialize, responseDeserialize } = Parrot.service.Chat!;
    return this.raw.makeBidiStreamRequest(
      path,
      requestSerialize,
      responseDeserialize as (bytes: Buffer) => Words,
      metadata,
    );
  }

  /** The status of a call of any path, with an empty message. */
  status(path: string, metadata = new Metadata()): Promise<ServiceError | 'ok'> {
    const pass = (bytes: Buffer) => bytes;
    return new Promise((resolve) => {
      this.raw.makeUnaryRequest(path, pass, pass, Buffer.alloc(0), metadata, (error) => resolve(error ?? 'ok'));
    });
  }
}

export function isError(outcome: Outcome): outcome is ServiceError {
  return 'code' in outcome;
}

export function metadataOf(entries: Readonly<Record<string, string | Buffer>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(entries)) metadata.set(name, value);
  return metadata;
}

export type { GrpcObject };
