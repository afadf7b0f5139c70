import { createHttp1Engine } from './http1/engine.ts';
import { createHttp2Engine } from './http2/engine.ts';
import type { ListenOptions } from './listen-options.ts';
import { type Listener, openListener } from './open-listener.ts';

export type { Listener, ListenOptions };

/** Serves HTTP/1.1 and HTTP/2 on an address. @throws when it cannot be listened on. */
export function listen(options: ListenOptions): Promise<Listener> {
  return openListener(options, (parts) => ({ http1: createHttp1Engine(parts), http2: createHttp2Engine(parts) }));
}
