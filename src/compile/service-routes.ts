import type { CompiledService } from '../gateway/snapshot.ts';
import { brokenRows } from './broken-rows.ts';
import type { CompilerDeps } from './compile.ts';
import type { HeldRow } from './held-rows.ts';
import { hostsOf } from './hosts.ts';
import type { PathPattern } from './path-pattern.ts';
import { type Problem, problem } from './problem.ts';
import type { Report } from './report.ts';
import { buildRoutes, type RouteRow, type RouteTie, rowsOf } from './routes.ts';
import { compilePatterns } from './service.ts';
import type { ServiceCompiler } from './services.ts';
import type { Standing } from './standing.ts';
import { isBroken, tieRule } from './ties.ts';

export interface ServiceRoutesParts {
  readonly deps: CompilerDeps;
  readonly standing: Standing;
  readonly compiler: ServiceCompiler;
  /** Which Service answered where. */
  readonly before: readonly HeldRow[];
  readonly report: Report;
}

/** All Services, those that cannot be read included, with the addresses that they answer. */
export function compileServices(parts: ServiceRoutesParts) {
  const rows: RouteRow[] = [];
  const services = [...sound(parts, rows), ...unsound(parts, rows)];
  const { table, ties, answering } = buildRoutes(rows, ruleOf(parts));
  for (const tie of ties) reportTie(tie, parts);
  return { services, table, answering };
}

function sound(parts: ServiceRoutesParts, rows: RouteRow[]): CompiledService[] {
  const { standing, compiler } = parts;
  return standing.resources.list('Service').map((sourced) => {
    const { service, patterns } = compiler.compile(sourced);
    if (service.resource.spec.isPublic === true) rows.push(...rowsFor(service, patterns, parts));
    return service;
  });
}

function unsound(parts: ServiceRoutesParts, rows: RouteRow[]): CompiledService[] {
  return parts.standing.broken.flatMap(({ resource, because }) => {
    if (resource?.kind !== 'Service') return [];
    const service = parts.compiler.broken(resource, because);
    rows.push(...unsoundRows(service, parts));
    return [service];
  });
}

/** Whether it is public may be unknown; then it answers where it did. */
function unsoundRows(service: CompiledService, parts: ServiceRoutesParts): RouteRow[] {
  const { isPublic } = service.resource.spec;
  if (isPublic === true) return rowsFor(service, compilePatterns(service.resource, parts.deps).patterns, parts);
  if (isPublic === false) return [];
  return parts.before.filter((row) => row.service.name === service.name).map((row) => ({ ...row, service }));
}

function rowsFor(
  service: CompiledService,
  patterns: readonly PathPattern[],
  { deps, before }: ServiceRoutesParts,
): RouteRow[] {
  const { match } = service.resource.spec;
  const given = { patterns, methods: methodsOf(match?.methods), priority: match?.priority ?? 0 };
  if (service.state.kind !== 'broken') return rowsOf(service, given);
  return brokenRows(service, given, hostsOf(service.name, deps.domain, []), before);
}

function ruleOf({ before, compiler }: ServiceRoutesParts) {
  return tieRule(before, (row, { service: rival }) => {
    const because = `Service/${rival.name} claims ${row.host} too, with an equally specific match`;
    return { ...row, service: compiler.broken(row.service.resource, because) };
  });
}

/** A broken Service is told of already, and what it claims may be guessed. */
function reportTie(tie: RouteTie, { standing, report }: ServiceRoutesParts): void {
  const sourced = standing.resources.get('Service', tie.second.service.name);
  if (sourced === null || isBroken(tie.first) || isBroken(tie.second)) return;
  report.error(sourced, tieProblem(tie));
}

/** Whoever may GET may ask for the head of the answer (RFC 9110 9.3.2). */
function methodsOf(methods: readonly string[] | undefined): ReadonlySet<string> | null {
  if (methods === undefined) return null;
  return new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods);
}

function tieProblem({ first, second }: RouteTie): Problem {
  const what = second.pattern.kind === 'any' ? 'every path' : second.pattern.shape;
  const message = `Service/${first.service.name} claims ${first.host} with an equally specific match (${what})`;
  return problem(
    ['spec', second.service.resource.spec.match === undefined ? 'isPublic' : 'match'],
    message,
    'set match.priority',
  );
}
