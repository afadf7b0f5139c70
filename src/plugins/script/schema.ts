import { OpenStatus, text } from '../../model/scalars.ts';
import { field, required, type Static, strict } from '../../model/schema.ts';

export const ScriptCall = strict({
  name: required(text(40), 'Of the manifest of the plugin.'),
  config: field(OpenStatus, 'What the plugin is told, as the schema of its manifest says.'),
});
export type ScriptCall = Static<typeof ScriptCall>;
