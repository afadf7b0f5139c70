import { join } from 'node:path';
import { after } from 'node:test';
import {
  type GrpcObject,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const PROTO = loadSync(join(import.meta.dirname, 'protos', 'ext-proc.proto'), { keepCase: true, oneofs: true });
const packages = loadPackageDefinition(PROTO) as unknown as {
  envoy: { service: { ext_proc: { v3: GrpcObject & { ExternalProcessor: ServiceClientConstructor } } } };
};

export type Part = 'request_headers' | 'request_body' | 'response_headers' | 'response_body';

interface Question {
  readonly request: Part;
  readonly request_headers?: Head;
  readonly response_headers?: Head;
  readonly request_body?: { readonly body: Buffer; readonly end_of_stream?: boolean };
  readonly response_body?: { readonly body: Buffer; readonly end_of_stream?: boolean };
  readonly protocol_config?: object;
}

interface Head {
  readonly headers: { readonly headers: readonly { readonly key: string; readonly raw_value?: Buffer }[] };
  readonly end_of_stream?: boolean;
}

export type Call = ServerDuplexStream<Question, object>;
/** What the processor does with a question. */
export type Says = (call: Call, part: Part, question: Question) => void;

/** Answers each question with what is given for its part, else with nothing to change. */
export function replies(given: { readonly [P in Part]?: object }): Says {
  return (call, part) => call.write(given[part] ?? { [part]: {} });
}

/** An external processor of Envoy's protocol, made with grpc-js. */
export class ExtProcServer {
  readonly asked: Question[] = [];
  readonly port: number;
  says: Says = replies({});
  /** Calls that were opened, and that are open. */
  calls = 0;
  open = 0;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(secured: ServerCredentials = ServerCredentials.createInsecure()): Promise<ExtProcServer> {
    const server = new Server({ 'grpc.max_receive_message_length': -1 });
    const held: { one: ExtProcServer | null } = { one: null };
    server.addService(packages.envoy.service.ext_proc.v3.ExternalProcessor.service, {
      Process: (call: Call) => held.one!.#process(call),
    });
    const port = await new Promise<number>((resolve, reject) => {
      const told = (error: Error | null, bound: number) => (error === null ? resolve(bound) : reject(error));
      server.bindAsync('127.0.0.1:0', secured, told);
    });
    after(() => server.forceShutdown());
    held.one = new ExtProcServer(port);
    return held.one;
  }

  /** What comes now is what is looked at. */
  forget(): void {
    this.asked.length = 0;
  }

  get parts(): Part[] {
    return this.asked.map(({ request }) => request);
  }

  /** Fields of a head as they were sent. */
  head(part: 'request_headers' | 'response_headers'): Readonly<Record<string, string>> {
    const { headers } = this.asked.find(({ request }) => request === part)![part]!.headers;
    return Object.fromEntries(headers.map(({ key, raw_value }) => [key, raw_value?.toString() ?? '']));
  }

  body(part: 'request_body' | 'response_body'): string {
    return this.asked.find(({ request }) => request === part)![part]!.body.toString();
  }

  #process(call: Call): void {
    this.calls++;
    this.open++;
    let isOpen = true;
    const over = (): void => {
      if (isOpen) this.open--;
      isOpen = false;
    };
    call.on('data', (question: Question) => {
      this.asked.push(question);
      this.says(call, question.request, question);
    });
    call.on('end', () => {
      call.end();
      over();
    });
    call.on('cancelled', over);
    call.on('error', over);
  }
}
