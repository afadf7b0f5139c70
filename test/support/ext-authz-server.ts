import { join } from 'node:path';
import { after } from 'node:test';
import {
  type GrpcObject,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceClientConstructor,
  type ServiceError,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const PROTO = loadSync(join(import.meta.dirname, 'protos', 'ext-authz.proto'), { keepCase: true, longs: Number });
const packages = loadPackageDefinition(PROTO) as unknown as {
  envoy: { service: { auth: { v3: GrpcObject & { Authorization: ServiceClientConstructor } } } };
};

export interface CheckQuestion {
  readonly attributes: {
    readonly source: { readonly address: unknown; readonly principal?: string };
    readonly destination: { readonly service: string };
    readonly request: {
      readonly http: {
        readonly method: string;
        readonly headers: Readonly<Record<string, string>>;
        readonly path: string;
        readonly host: string;
        readonly scheme: string;
        readonly size: number;
        readonly protocol: string;
      };
    };
    readonly context_extensions?: Readonly<Record<string, string>>;
  };
}

type Done = (error: Partial<ServiceError> | null, answer: object | null) => void;

/** A server of Envoy's external authorization protocol, made with grpc-js. */
export class ExtAuthzServer {
  readonly asked: CheckQuestion[] = [];
  /** What the next questions are answered with. */
  says: (done: Done) => void = (done) => done(null, { status: { code: 0 } });
  readonly port: number;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(secured: ServerCredentials = ServerCredentials.createInsecure()): Promise<ExtAuthzServer> {
    const server = new Server();
    const held: { one: ExtAuthzServer | null } = { one: null };
    server.addService(packages.envoy.service.auth.v3.Authorization.service, {
      Check: ({ request }: ServerUnaryCall<CheckQuestion, object>, done: sendUnaryData<object>) => {
        held.one!.asked.push(request);
        held.one!.says(done as Done);
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      const told = (error: Error | null, bound: number) => (error === null ? resolve(bound) : reject(error));
      server.bindAsync('127.0.0.1:0', secured, told);
    });
    after(() => server.forceShutdown());
    held.one = new ExtAuthzServer(port);
    return held.one;
  }

  answers(answer: object): void {
    this.says = (done) => done(null, answer);
  }

  get last(): CheckQuestion['attributes'] {
    return this.asked.at(-1)!.attributes;
  }
}
