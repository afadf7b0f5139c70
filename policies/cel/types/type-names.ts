import * as T from './type.ts';

function named(name: string): T.Type {
  return { kind: 'opaque', name, of: [] };
}

/** What a name of a type is a type of, as in `type(x) == int`. */
export const TYPE_NAMES: ReadonlyMap<string, T.Type> = new Map([
  ['bool', T.BOOL],
  ['int', T.INT],
  ['uint', T.UINT],
  ['double', T.DOUBLE],
  ['string', T.STRING],
  ['bytes', T.BYTES],
  ['null_type', T.NULL],
  ['list', T.listOf(T.DYN)],
  ['map', T.mapOf(T.DYN, T.DYN)],
  ['type', named('type')],
  ['optional_type', named('optional_type')],
  ['google.protobuf.Timestamp', T.TIMESTAMP],
  ['google.protobuf.Duration', T.DURATION],
]);
