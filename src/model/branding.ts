import { Type } from 'typebox';
import { formatted, text } from './scalars.ts';
import { field, type Static, strict } from './schema.ts';

const Colour = Type.String({ pattern: '^#[0-9a-fA-F]{6}$', 'x-expected': 'a colour such as "#2f5d62"' });

/** How our pages look. */
export const Branding = strict({
  name: field(text(60), 'Stands in the head of every page instead of the domain.'),
  logo: field(formatted('logo', 48 * 1024), 'PNG, JPEG or WebP as a data: URL, at most 32 KiB; shown 24 pixels high.'),
  accentColor: field(Colour, 'Of buttons and links; made darker or lighter as far as text on it needs.'),
  supportText: field(text(300), 'At the foot of every page, such as whom to turn to.'),
  supportURL: field(formatted('http-url', 2048), 'Where the link at the foot of every page leads.'),
});
export type Branding = Static<typeof Branding>;
