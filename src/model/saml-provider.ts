import { Type } from 'typebox';
import { groupMapping } from './group-mapping.ts';
import { formatted, text } from './scalars.ts';
import { field, type Static, strict } from './schema.ts';

const MOST_METADATA = 256 * 1024;

export const SamlProvider = strict(
  {
    metadataURL: field(
      formatted('secure-url', 2048),
      "Where the provider's metadata are; read when needed, and again.",
    ),
    metadata: field(text(MOST_METADATA), "The provider's metadata: XML."),
    entityID: field(text(1024), 'What we are called at the provider; `https://DOMAIN` when left out.'),
    identifierAttribute: field(
      text(512),
      'The attribute that identifies a user, or `NameID`; the e-mail address when left out.',
    ),
    forceAuthn: field(
      Type.Boolean(),
      'Whoever signs in shows the provider who they are, whatever session they have there.',
    ),
    groups: field(groupMapping, 'Groups by an attribute, beside those of the User.'),
  },
  { 'x-exactly-one': [['metadataURL', 'metadata']] },
);
export type SamlProvider = Static<typeof SamlProvider>;
