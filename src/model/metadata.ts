import { Type } from 'typebox';
import { Bool, NAME_RULE_IN_WORDS, OpenStatus, SimpleName, Text, text } from './scalars.ts';
import { annotate, field, list, required, type Static, strict } from './schema.ts';

const LABEL_VALUE = '^[a-z0-9][a-z0-9-]{0,31}$';

const labels = Type.Record(
  Type.String(),
  Type.String({ pattern: LABEL_VALUE, 'x-expected': 'a label of 1 to 32 lower-case letters, digits and hyphens' }),
  { maxProperties: 64, 'x-key-format': 'name' },
);

const writable = {
  displayName: field(text(100), 'Shown to people instead of the name.'),
  description: field(text(1024), 'What it is for.'),
  labels: field(labels, 'Keys follow the name rule.'),
  annotations: field(Type.Record(Type.String(), text(63), { maxProperties: 64 }), 'Notes for other tools.'),
  tags: field(annotate(list(SimpleName, 64), { 'x-unique': 'error' }), 'Words to find it by; each once.'),
  picURL: field(text(48 * 1024), 'Address of a picture; of a Service, the picture itself: what the portal shows.'),
};

/** Set by the server. In applied text they are accepted and ignored, so that `get -o yaml` can be applied again. */
const serverOwned = {
  uid: field(Text, 'Identity of the object (server-owned).'),
  createdAt: field(Text, 'RFC 3339 (server-owned).'),
  updatedAt: field(Text, 'RFC 3339 (server-owned).'),
  resourceVersion: field(Text, 'Changes with each change (server-owned).'),
  lastResourceVersion: field(Text, 'The version before (server-owned).'),
  actorRef: field(OpenStatus, 'Who made the last change (server-owned).'),
  actorOperation: field(Text, 'What the last change was (server-owned).'),
  isSystem: field(Bool, 'Built in; it cannot be changed (server-owned).'),
  isUserHidden: field(Bool, 'Not shown to users (server-owned).'),
  isSystemHidden: field(Bool, 'Not shown to administrators (server-owned).'),
  specLabels: field(OpenStatus, 'Index of the server (server-owned).'),
  systemLabels: field(OpenStatus, 'Index of the server (server-owned).'),
};

export const SERVER_OWNED_METADATA: readonly string[] = Object.keys(serverOwned);

const name = Type.String({ maxLength: 256, description: `Unique per kind: ${NAME_RULE_IN_WORDS}.` });

export const Metadata = strict({ name, ...writable, ...serverOwned }, { title: 'Metadata' });
export type Metadata = Static<typeof Metadata>;

/** Metadata of what the system makes itself: it always has an identity and an age. */
export const MadeMetadata = strict(
  {
    name,
    ...writable,
    ...serverOwned,
    uid: required(Text, 'Identity of the object (server-owned).'),
    createdAt: required(Text, 'RFC 3339 (server-owned).'),
  },
  { title: 'Metadata' },
);
export type MadeMetadata = Static<typeof MadeMetadata>;
