import { Type } from 'typebox';
import { resourceWithData } from './resource.ts';
import { Attrs, OpenStatus, Text } from './scalars.ts';
import { field, type Static, strict } from './schema.ts';

const ConfigData = strict(
  {
    value: field(Text, 'Text.'),
    valueBytes: field(Text, 'Base64.'),
    dataMap: field(Type.Record(Type.String(), Type.Unknown()), 'Named values.'),
    attrs: field(Attrs, 'Free-form values.'),
  },
  { 'x-exactly-one': [['value', 'valueBytes', 'dataMap', 'attrs']] },
);

export const ConfigSpec = strict({});
export type ConfigSpec = Static<typeof ConfigSpec>;

/** A stored value that is not secret, such as a geolocation database. A Service's configs are `ServiceConfig`. */
export const Config = resourceWithData('Config', ConfigSpec, ConfigData, OpenStatus);
export type Config = Static<typeof Config>;
