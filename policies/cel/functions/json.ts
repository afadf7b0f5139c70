import { type CelFunc, CelScalar, celFunc, mapType } from '@bufbuild/cel';
import { freeMap } from '../../input/plain.ts';
import { InputMap, type InputValue } from '../../input/values.ts';
import { fromCel, mapView } from '../values.ts';

const { STRING, DYN } = CelScalar;
const MAP = mapType(DYN, DYN);

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export const JSON_FUNCTIONS: readonly CelFunc[] = [
  celFunc('json.parse', [STRING], MAP, (text) => mapView(freeMap(parseObject(text)))),
  celFunc('json.marshal', [DYN], STRING, (value) => JSON.stringify(toJson(fromCel(value)))),
];

function parseObject(text: string): object {
  const value = parsed(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new TypeError('json.parse: the text is not a JSON object');
}

/** The parser's own message quotes the text, which may be confidential. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Protobuf's JSON form: integers beyond 2^53 are strings, bytes are base64, timestamps are RFC 3339. */
function toJson(value: InputValue): Json {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof InputMap) return objectToJson(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(toJson);
  throw new TypeError('json.marshal: the value has no JSON form');
}

function objectToJson(map: InputMap): Json {
  const object: { [name: string]: Json } = Object.create(null);
  for (const name of map.keys()) object[name] = toJson(map.get(name) ?? null);
  return object;
}
