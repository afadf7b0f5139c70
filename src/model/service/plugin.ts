import { Type } from 'typebox';
import { CATALOG, type PluginConfig, type PluginName } from '../../plugins/catalog.ts';
import { Condition } from '../condition.ts';
import { Bool, text, words } from '../scalars.ts';
import { field, planned, required, type Static, strict, typed } from '../schema.ts';

/** Those of Octelium that are not there yet (octelium.md 2.9). */
const PLANNED = {
  lua: planned(strict({ inline: text(20_000) }), 'Lua', 'use script: a plugin of your own in TypeScript'),
};

const native = Object.fromEntries(
  Object.entries(CATALOG).map(([name, { schema }]) => [name, Type.Optional(schema)]),
) as Record<string, ReturnType<typeof Type.Optional>>;

export const PLUGIN_NAMES = Object.keys(CATALOG) as readonly PluginName[];

const frame = {
  name: required(text(128), 'What the log and the counters call it.'),
  isDisabled: field(Bool, 'Switched off.'),
  phase: field(words('PRE_AUTH', 'POST_AUTH'), 'Before anybody is identified, or once a request is allowed.'),
  condition: required(Condition, 'Which requests it is for.'),
};

type Frame = Static<ReturnType<typeof strict<typeof frame>>>;

/** One element of a config's chain: exactly one of the plugins of the catalogue. */
export type ServicePlugin = Frame & { readonly [Name in PluginName]?: PluginConfig<Name> };

/** The schemas of the catalogue in one list (octelium.md 2.9). */
export const ServicePlugin = typed<ServicePlugin>(
  strict({ ...frame, ...native, ...PLANNED }, { 'x-exactly-one': [[...PLUGIN_NAMES, ...Object.keys(PLANNED)]] }),
);
