import type { RemoteReply } from './reply.ts';

/** An OPA that is asked over the network. */
export interface RemoteOpa {
  readonly name: string;
  /** Never rejects. @param path below `data`, such as `authz/allow` @param body JSON */
  ask(path: string, body: string): Promise<RemoteReply>;
}
