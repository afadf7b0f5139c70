import { type TSchema, Type } from 'typebox';
import { MadeMetadata, Metadata } from './metadata.ts';
import { field, strict } from './schema.ts';

const API_VERSION = 'core/v1';

const apiVersion = field(Type.Literal(API_VERSION), 'May be left out.');

/** The schema of a kind that people apply. `status` is server-owned: in applied text it is ignored. */
export function resource<const K extends string, S extends TSchema, T extends TSchema>(kind: K, spec: S, status: T) {
  return strict(
    { apiVersion, kind: Type.Literal(kind), metadata: Metadata, spec, status: Type.Optional(status) },
    { title: kind },
  );
}

/** The schema of a kind that the system makes: it always has a status, a uid and an age. */
export function madeResource<const K extends string, S extends TSchema, T extends TSchema>(
  kind: K,
  spec: S,
  status: T,
) {
  return strict({ apiVersion, kind: Type.Literal(kind), metadata: MadeMetadata, spec, status }, { title: kind });
}

/** The schema of a kind with a payload beside its spec. */
export function resourceWithData<const K extends string, S extends TSchema, D extends TSchema, T extends TSchema>(
  kind: K,
  spec: S,
  data: D,
  status: T,
) {
  return strict(
    {
      apiVersion,
      kind: Type.Literal(kind),
      metadata: Metadata,
      spec,
      data: Type.Optional(data),
      status: Type.Optional(status),
    },
    { title: kind },
  );
}
