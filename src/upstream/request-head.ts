import { isHopByHop } from '../base/header-text.ts';
import type { OutgoingRequest } from '../gateway/exchange.ts';

/** Written anew for each connection, whatever the outgoing request says. `expect` was answered downstream. */
const GENERATED = new Set(['host', 'content-length', 'expect']);

/** The fields of the request, one Host and at most one framing field among them; names are lower case already. */
export function requestFields({ headers, body }: OutgoingRequest, authority: string): string[] {
  const { flat } = headers;
  const fields = ['host', authority];
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string;
    if (!GENERATED.has(name) && !isHopByHop(name)) fields.push(name, flat[i + 1] as string);
  }
  if (body !== null && body.length !== null) fields.push('content-length', String(body.length));
  return fields;
}
