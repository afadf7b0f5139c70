import { Type } from 'typebox';
import { formatted, whole } from '../scalars.ts';
import { annotate, field, list, type Static, strict } from '../schema.ts';

const PATH_FORMS = ['exact', 'prefix', 'template', 'regex'] as const;

export const PathMatch = strict(
  {
    exact: field(formatted('match-path', 2048), 'The whole path.'),
    prefix: field(
      formatted('match-path', 2048),
      'The beginning of the path, on a segment boundary: `/v1` matches `/v1/x`, not `/v1x`.',
    ),
    template: field(formatted('template', 2048), 'Segments with places: `/users/{id}`, `{**}` for any rest.'),
    regex: field(formatted('regex', 2048), 'RE2, for the whole path.'),
  },
  { 'x-exactly-one': [PATH_FORMS], 'x-for-text': 'write {prefix: …}' },
);
export type PathMatch = Static<typeof PathMatch>;

const method = Type.String({
  pattern: "^[A-Z][A-Z0-9!#$%&'*+.^_`|~-]{0,31}$",
  'x-expected': 'a method in capital letters, such as GET',
});

/** What a Service answers on its hosts. Left out: everything. */
export const RouteMatch = strict({
  paths: field(list(PathMatch, 100), 'Any of these paths; the most specific match of all Services of a host wins.'),
  methods: field(annotate(list(method, 32), { 'x-unique': 'warning' }), 'Any of these methods; all when left out.'),
  priority: field(whole(-1000, 1000), 'Higher wins over a more specific match; 0 when left out.'),
});
export type RouteMatch = Static<typeof RouteMatch>;
