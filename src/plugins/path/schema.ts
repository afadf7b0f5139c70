import { formatted } from '../../model/scalars.ts';
import { field, type Static, strict } from '../../model/schema.ts';

export const PathRewrite = strict(
  {
    removePrefix: field(
      formatted('rewrite-path', 512),
      'Taken away first, on a segment boundary; a path without it is not changed.',
    ),
    addPrefix: field(formatted('rewrite-path', 512), 'Put in front.'),
  },
  { description: 'Changes the path that the upstream sees.' },
);
export type PathRewrite = Static<typeof PathRewrite>;
