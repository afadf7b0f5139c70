import { type Static, Type } from 'typebox';

const AddedHeader = Type.Object({
  key: Type.String(),
  value: Type.Optional(Type.String()),
  eval: Type.Optional(Type.String()),
  append: Type.Optional(Type.Boolean()),
});
export type AddedHeader = Static<typeof AddedHeader>;

const HostRule = Type.Object({
  preserve: Type.Optional(Type.Boolean()),
  value: Type.Optional(Type.String()),
  eval: Type.Optional(Type.String()),
});
export type HostRule = Static<typeof HostRule>;

/** The part of a Service's `http.header` that this plugin carries out. */
export const HeadersConfig = Type.Object({
  addRequestHeaders: Type.Optional(Type.Array(AddedHeader)),
  removeRequestHeaders: Type.Optional(Type.Array(Type.String())),
  addResponseHeaders: Type.Optional(Type.Array(AddedHeader)),
  removeResponseHeaders: Type.Optional(Type.Array(Type.String())),
  host: Type.Optional(HostRule),
});
export type HeadersConfig = Static<typeof HeadersConfig>;
