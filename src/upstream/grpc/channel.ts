import type { SecureContext } from 'node:tls';
import type { ChannelOptions, Client } from '@grpc/grpc-js';
import type { Conversation, ConversationListener } from '../../gateway/conversation.ts';
import { bareHost, hostPort } from '../connect/origin.ts';
import type { DialAddress } from '../resolve.ts';
import { GrpcCall } from './call.ts';
import type { GrpcLibrary } from './library.ts';

export interface ChannelParts {
  /** Scheme `http:` or `https:`. */
  readonly url: URL;
  /** Where that is. */
  readonly place: DialAddress;
  readonly secureContext: () => SecureContext;
  /** Of a message of the other side. */
  readonly mostBytes: number;
}

/** A connection to one server, made when it is needed, and again when it was lost. */
export class Channel {
  readonly #client: Client;

  constructor({ credentials, Client }: GrpcLibrary, { url, place, secureContext, mostBytes }: ChannelParts) {
    const isSecure = url.protocol === 'https:';
    const secured = isSecure ? credentials.createFromSecureContext(secureContext()) : credentials.createInsecure();
    this.#client = new Client(`dns:${hostPort(place.host, place.port)}`, secured, optionsOf(url, mostBytes));
  }

  /** @param over told once, when the call is */
  open(method: string, listener: ConversationListener, over: () => void): Conversation {
    const stream = this.#client.makeBidiStreamRequest<Buffer, Buffer>(method, asItIs, asItIs);
    return new GrpcCall(stream, listener, over);
  }

  /** Calls that are under way go on to their end. */
  close(): void {
    this.#client.close();
  }
}

function optionsOf(url: URL, mostBytes: number): ChannelOptions {
  return {
    'grpc.default_authority': url.host,
    'grpc.ssl_target_name_override': bareHost(url),
    'grpc.max_receive_message_length': mostBytes,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
    // Connections are this channel's own, and end with it.
    'grpc.use_local_subchannel_pool': 1,
    // What is said is said once, to whom the configuration names.
    'grpc.enable_retries': 0,
    'grpc.enable_http_proxy': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_channelz': 0,
  };
}

function asItIs(bytes: Buffer): Buffer {
  return bytes;
}
