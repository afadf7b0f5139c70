import * as T from '../../../policies/cel/types/type.ts';
import { FullMap, storedKey } from '../../../policies/values/map.ts';
import { Duration, Timestamp } from '../../../policies/values/time.ts';
import { TypeValue, Uint, type Value } from '../../../policies/values/value.ts';

/** `cel.expr.Value` in the JSON of protobuf: one of these is there. */
export interface JsonValue {
  readonly nullValue?: null;
  readonly boolValue?: boolean;
  readonly int64Value?: string;
  readonly uint64Value?: string;
  readonly doubleValue?: number | string;
  readonly stringValue?: string;
  readonly bytesValue?: string;
  readonly typeValue?: string;
  readonly listValue?: { readonly values?: readonly JsonValue[] };
  readonly mapValue?: { readonly entries?: readonly JsonEntry[] };
  readonly objectValue?: { readonly '@type': string; readonly value?: unknown };
}

interface JsonEntry {
  readonly key: JsonValue;
  readonly value: JsonValue;
}

export interface ExprValue {
  readonly value?: JsonValue;
}

/** `cel.expr.Type` */
export interface JsonType {
  readonly primitive?: string;
  readonly wellKnown?: string;
  readonly messageType?: string;
  readonly null?: null;
  readonly dyn?: unknown;
  readonly listType?: { readonly elemType?: JsonType };
  readonly mapType?: { readonly keyType?: JsonType; readonly valueType?: JsonType };
  readonly type?: JsonType;
  readonly typeParam?: string;
  readonly abstractType?: { readonly name: string; readonly parameterTypes?: readonly JsonType[] };
}

/** `cel.expr.Decl` */
export interface Declaration {
  readonly name: string;
  readonly ident?: { readonly type: JsonType };
  readonly function?: { readonly overloads: readonly DeclaredOverload[] };
}

export interface DeclaredOverload {
  readonly overloadId: string;
  readonly params?: readonly JsonType[];
  readonly resultType: JsonType;
  readonly isInstanceFunction?: boolean;
}

export function valueFrom(json: JsonValue): Value {
  const [kind] = Object.keys(json);
  switch (kind) {
    case 'int64Value':
      return BigInt(json.int64Value!);
    case 'uint64Value':
      return new Uint(BigInt(json.uint64Value!));
    case 'doubleValue':
      return Number(json.doubleValue);
    case 'bytesValue':
      return new Uint8Array(Buffer.from(json.bytesValue!, 'base64'));
    case 'typeValue':
      return new TypeValue(json.typeValue!);
    case 'listValue':
      return (json.listValue!.values ?? []).map(valueFrom);
    case 'mapValue':
      return mapFrom(json.mapValue!.entries ?? []);
    case 'objectValue':
      return timeFrom(json.objectValue!);
    default:
      return json.boolValue ?? json.stringValue ?? null;
  }
}

function mapFrom(entries: readonly JsonEntry[]): Value {
  const keys = entries.map(({ key }) => valueFrom(key));
  return new FullMap(keys, new Map(entries.map(({ value }, i) => [storedKey(keys[i]!)!, valueFrom(value)])));
}

/** The messages that are values here. */
function timeFrom({ '@type': type, value }: NonNullable<JsonValue['objectValue']>): Value {
  const text = String(value);
  if (type.endsWith('/google.protobuf.Timestamp')) return Timestamp.ofMilliseconds(Date.parse(text));
  if (!type.endsWith('/google.protobuf.Duration')) throw new Error(`no value here is a ${type}`);
  const [, sign, seconds, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?s$/.exec(text) ?? [];
  const factor = sign === '-' ? -1 : 1;
  return new Duration(factor * Number(seconds), factor * Number(fraction.padEnd(9, '0')));
}

const NAMED: Readonly<Record<string, T.Type>> = {
  BOOL: T.BOOL,
  INT64: T.INT,
  UINT64: T.UINT,
  DOUBLE: T.DOUBLE,
  STRING: T.STRING,
  BYTES: T.BYTES,
  TIMESTAMP: T.TIMESTAMP,
  DURATION: T.DURATION,
  'google.protobuf.Timestamp': T.TIMESTAMP,
  'google.protobuf.Duration': T.DURATION,
};

export function typeFrom(json: JsonType | undefined): T.Type {
  const named = NAMED[json?.primitive ?? json?.wellKnown ?? json?.messageType ?? ''];
  if (json === undefined || named !== undefined) return named ?? T.DYN;
  if (json.null !== undefined) return T.NULL;
  if (json.listType !== undefined) return T.listOf(typeFrom(json.listType.elemType));
  if (json.mapType !== undefined) return T.mapOf(typeFrom(json.mapType.keyType), typeFrom(json.mapType.valueType));
  if (json.type !== undefined) return T.typeOf(typeFrom(json.type));
  if (json.typeParam !== undefined) return T.param(json.typeParam);
  return json.abstractType === undefined ? T.DYN : abstractFrom(json.abstractType);
}

function abstractFrom({ name, parameterTypes = [] }: NonNullable<JsonType['abstractType']>): T.Type {
  const of = parameterTypes.map(typeFrom);
  return name === 'optional_type' ? T.optionalOf(of[0] ?? T.DYN) : { kind: 'opaque', name, of };
}
