import { AppError } from '../../base/errors.ts';
import { foldedName } from '../../base/field-names.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { isForwardingField } from '../../gateway/forwarded.ts';

/** Say who somebody is, or what the gateway says: names of the gateway's own fields, in whatever spelling. */
const GATEWAY = /^x-(ostiary|octelium|envoy|forwarded)(-|$)|^x-request-id$/;

/** Written from a plugin they would be somebody's identity, so each has a field that knows what it is. */
const CREDENTIALS: Readonly<Record<string, string>> = {
  authorization: 'use http.auth',
  cookie: 'the cookies of a client are its own',
  dpop: 'use http.auth',
  'set-cookie': 'an upstream sets its cookies itself',
};

/**
 * Refuses names that carry identity: those of the gateway always, those of credentials where something is written.
 * @throws AppError `invalid`
 */
export function refuseIdentityName(name: string, writes: boolean): void {
  if (isGatewayName(name)) {
    throw new AppError('invalid', `"${name}" says what the gateway knows and cannot be changed by a plugin`);
  }
  const because = CREDENTIALS[foldedName(name)];
  if (writes && because !== undefined) {
    throw new AppError('invalid', `"${name}" carries identity and cannot be written by a plugin: ${because}`);
  }
}

/** Whether the gateway alone writes fields of this name. */
export function isGatewayName(name: string): boolean {
  const folded = foldedName(name);
  return GATEWAY.test(folded) || isForwardingField(folded);
}

/**
 * Nor the names by which some upstream, of this Service or of another one, is told who sent a request: those change
 * without the Service. @throws AppError `refused` @param name in lower case
 */
export function refuseIdentityField({ snapshot }: Exchange, name: string): void {
  if (snapshot.identityFields?.has(name) !== true) return;
  throw new AppError('refused', `upstreams are told who sends a request in "${name}", so a plugin cannot write it`);
}
