import type { HeaderList } from '../base/header-list.ts';
import type { Exchange } from '../gateway/exchange.ts';

/** Another system of the installation that plugins ask. Certificates are checked, redirects are not followed. */
export interface OutboundTarget {
  /** As of an upstream; its path is not used. */
  readonly url: string;
  readonly protocol: 'http' | 'grpc';
  /** Milliseconds for the whole of it. */
  readonly timeout: number;
  /** Questions under way; more fail at once. */
  readonly mostAtOnce: number;
  /** Nobody waits for answers: a large one is as good as a small one, and who closes gives up on what is under way. */
  readonly isExpendable?: boolean;
  /** PEM; they replace the system's roots. */
  readonly trustedCAs?: readonly string[];
  /** Name of the Secret with a certificate chain and its key, both PEM. */
  readonly clientCertificate?: string;
}

export interface OutboundRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: HeaderList;
  readonly body: Buffer | null;
}

export type OutboundAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: HeaderList;
      readonly body: Buffer;
      /** `grpc-status`, wherever it stood; `null` when gRPC is not spoken. */
      readonly grpcStatus: number | null;
    }
  | { readonly kind: 'failed'; readonly message: string };

export interface Outbound {
  /** Never rejects. The exchange says with which generation of Secrets. */
  ask(x: Exchange, request: OutboundRequest): Promise<OutboundAnswer>;
}

/** A server of the installation that plugins hold conversations with, by gRPC. */
export interface ConversationTarget extends Pick<OutboundTarget, 'url' | 'trustedCAs' | 'clientCertificate'> {
  /** Conversations under way; more are refused at once. */
  readonly mostAtOnce: number;
  /** Bytes of one message of the server. */
  readonly messageBytes: number;
}
