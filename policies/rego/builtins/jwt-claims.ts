import { isList, type RegoObject, type RegoValue } from '../value.ts';

/** Whether issuer, audience and times are as the constraints of `io.jwt.decode_verify` say. */
export function isValidFor(payload: RegoObject, constraints: RegoObject, now: number): boolean {
  const issuer = constraints.get('iss');
  if (issuer !== undefined && payload.get('iss') !== issuer) return false;
  if (!hasAudience(payload.get('aud'), constraints.get('aud'))) return false;
  const ns = constraints.get('time');
  return isInTime(payload, ns === undefined ? now / 1000 : Number(ns) / 1e9);
}

/** A token for somebody is for nobody else; one for nobody is not for somebody. */
function hasAudience(audience: RegoValue | undefined, wanted: RegoValue | undefined): boolean {
  if (audience === undefined || wanted === undefined) return audience === wanted;
  return isList(audience) ? audience.includes(wanted) : audience === wanted;
}

function isInTime(payload: RegoObject, seconds: number): boolean {
  const [expires, begins] = [payload.get('exp'), payload.get('nbf')];
  if (expires !== undefined && !(isNumber(expires) && seconds < Number(expires))) return false;
  return begins === undefined || (isNumber(begins) && seconds >= Number(begins));
}

function isNumber(value: RegoValue): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}
