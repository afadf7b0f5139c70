import { Bool, formatted, text } from '../../model/scalars.ts';
import { field, required, type Static, strict } from '../../model/schema.ts';

const PatternRewrite = strict({
  pattern: required(formatted('regex', 512), 'RE2, looked for anywhere in the path.'),
  replacement: required(text(512), 'What stands in its place: `$1` for what a group found, `$$` for a dollar.'),
  all: field(Bool, 'Every place is replaced, not only the first one.'),
});
export type PatternRewrite = Static<typeof PatternRewrite>;

export const PathRewrite = strict({
  removePrefix: field(
    formatted('rewrite-path', 512),
    'Taken away first, on a segment boundary; a path without it is not changed.',
  ),
  regex: field(PatternRewrite, 'Replaced in what is left.'),
  addPrefix: field(formatted('rewrite-path', 512), 'Put in front.'),
});
export type PathRewrite = Static<typeof PathRewrite>;
