import type { Principal } from '../identity/principal.ts';
import type { HeaderList } from '../src/base/header-list.ts';
import type { Namespace, Service } from '../src/model/index.ts';

/** What conditions see of a request; the canonical view that everything else sees too. */
export interface RequestView {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly headers: HeaderList;
  readonly clientAddress: string;
  readonly httpVersion: string;
}

/** The bindings of an expression: `ctx`, and `attrs` inside a Policy. */
export interface PolicyInput {
  readonly ctx: unknown;
  readonly attrs: unknown;
}

export interface InputParts {
  readonly request: RequestView;
  readonly principal: Principal;
  readonly service: Service;
  readonly namespace: Namespace;
  /** A request body that was read, else `null`. */
  readonly body: { readonly bytes: Uint8Array; readonly json: Readonly<Record<string, unknown>> | null } | null;
  /** Milliseconds since 1970. */
  readonly time: number;
}
