import type { Template, Variable } from 'liquidjs';
import type { Engine, ExpressionProblem } from '../engine.ts';
import { LIQUID } from './language.ts';

/** What Liquid reads of any list or text beside its items. */
const PSEUDO: ReadonlySet<unknown> = new Set(['size', 'first', 'last']);

/** The mistakes of what a template reads, as an expression that reads the same would have them. */
export function variableProblems(templates: Template[], engine: Engine): ExpressionProblem[] {
  return globalsOf(templates).flatMap((variable) => problemsOf(variable, engine));
}

/** What it reads and does not assign itself. */
export function globalsOf(templates: Template[]): Variable[] {
  return Object.values(LIQUID.analyzeSync(templates).globals).flat();
}

function problemsOf(
  { segments, location }: Pick<Variable, 'segments' | 'location'>,
  engine: Engine,
): ExpressionProblem[] {
  const [root, ...fields] = segments;
  const compiled = engine.compile(`${String(root)}${fieldsAsText(fields)}`);
  if (compiled.ok) return [];
  if (PSEUDO.has(fields.at(-1))) return problemsOf({ segments: segments.slice(0, -1), location }, engine);
  const place = { line: location.row, column: location.col };
  return compiled.problems.map(({ message, suggestion }) => ({ ...place, message, suggestion }));
}

/** As far as it is known before there is a request. */
function fieldsAsText(fields: Variable['segments']): string {
  const unknown = fields.findIndex((field) => typeof field === 'object');
  const known = unknown < 0 ? fields : fields.slice(0, unknown);
  return known
    .map((field) =>
      typeof field === 'string' && /^[A-Za-z_]\w*$/.test(field) ? `.${field}` : `[${JSON.stringify(field)}]`,
    )
    .join('');
}
