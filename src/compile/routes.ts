import type { CompiledService, RouteTable } from '../gateway/snapshot.ts';
import { ANY_PATH, type PathKind, type PathPattern } from './path-pattern.ts';

/** One way into a Service: a host, a path pattern, methods. */
export interface RouteRow {
  readonly service: CompiledService;
  /** Canonical; may begin with `*.`. */
  readonly host: string;
  readonly pattern: PathPattern;
  /** `null`: every method. */
  readonly methods: ReadonlySet<string> | null;
  /** Overrides how specific the pattern is; the higher goes first. */
  readonly priority: number;
}

/** Two rows of one host of which neither is more specific, in the order of their Services. */
export interface RouteTie {
  readonly first: RouteRow;
  readonly second: RouteRow;
}

export interface TieRule {
  /** The one that keeps the address; `null` when neither may have it. */
  winner(first: RouteRow, second: RouteRow): RouteRow | null;
  /** What refuses at the address of a row that neither may have. */
  standIn(row: RouteRow, rival: RouteRow): RouteRow;
}

export interface BuiltRoutes {
  readonly table: RouteTable;
  readonly ties: readonly RouteTie[];
  /** Those that answer: no tie has cost them their address. */
  readonly answering: readonly RouteRow[];
}

/** Rows are given in the order of their Services. */
export function buildRoutes(rows: readonly RouteRow[], rule: TieRule): BuiltRoutes {
  const byHost = Map.groupBy(rows, (row) => row.host);
  const ties = [...byHost.values()].flatMap(findTies);
  const settled = settle(ties, rule);
  const exact = new Map<string, RouteRow[]>();
  const wildcard = new Map<string, RouteRow[]>();
  for (const [host, all] of byHost) {
    const kept = all.flatMap((row) => settled.get(row) ?? (settled.has(row) ? [] : [row]));
    const sorted = kept.sort(bySpecificity);
    if (host.startsWith('*.')) wildcard.set(host.slice(1), sorted);
    else exact.set(host, sorted);
  }
  return { table: new HostTable(exact, wildcard), ties, answering: rows.filter((row) => !settled.has(row)) };
}

/** What becomes of rows in ties: a stand-in, or nothing of those that lost. */
function settle(ties: readonly RouteTie[], rule: TieRule): Map<RouteRow, RouteRow | null> {
  const settled = new Map<RouteRow, RouteRow | null>();
  const open: RouteTie[] = [];
  for (const tie of ties) {
    const winner = rule.winner(tie.first, tie.second);
    if (winner === null) open.push(tie);
    else settled.set(winner === tie.first ? tie.second : tie.first, null);
  }
  for (const { first, second } of open) {
    if (!settled.has(first)) settled.set(first, rule.standIn(first, second));
    if (!settled.has(second)) settled.set(second, rule.standIn(second, first));
  }
  return settled;
}

class HostTable implements RouteTable {
  readonly #exact: ReadonlyMap<string, readonly RouteRow[]>;
  /** Keyed by the suffix with its dot, such as `.example.com`. */
  readonly #wildcard: ReadonlyMap<string, readonly RouteRow[]>;

  constructor(exact: ReadonlyMap<string, readonly RouteRow[]>, wildcard: ReadonlyMap<string, readonly RouteRow[]>) {
    this.#exact = exact;
    this.#wildcard = wildcard;
  }

  route(host: string, method: string, path: string): CompiledService | null {
    const rows = this.#rowsOf(host);
    if (rows === null) return null;
    for (const row of rows) {
      if (row.pattern.matches(path) && (row.methods === null || row.methods.has(method))) return row.service;
    }
    return null;
  }

  serves(host: string): boolean {
    return this.#rowsOf(host) !== null;
  }

  servesExactly(host: string): boolean {
    return this.#exact.has(host);
  }

  #rowsOf(host: string): readonly RouteRow[] | null {
    return this.#exact.get(host) ?? this.#rowsOfSuffix(host);
  }

  /** A wildcard stands for exactly one label, as in certificates. */
  #rowsOfSuffix(host: string): readonly RouteRow[] | null {
    const dot = host.indexOf('.');
    return dot <= 0 ? null : (this.#wildcard.get(host.slice(dot)) ?? null);
  }
}

const KIND_ORDER: Record<PathKind, number> = { exact: 0, template: 1, regex: 2, prefix: 3, any: 4 };

/** Negative when `a` is the more specific one. */
function bySpecificity(a: RouteRow, b: RouteRow): number {
  return (
    b.priority - a.priority ||
    Number(b.pattern.kind === 'exact') - Number(a.pattern.kind === 'exact') ||
    b.pattern.literalPrefix - a.pattern.literalPrefix ||
    b.pattern.literals - a.pattern.literals ||
    KIND_ORDER[a.pattern.kind] - KIND_ORDER[b.pattern.kind] ||
    Number(b.methods !== null) - Number(a.methods !== null)
  );
}

function findTies(rows: readonly RouteRow[]): RouteTie[] {
  const ties: RouteTie[] = [];
  for (const [i, first] of rows.entries()) {
    for (const second of rows.slice(i + 1)) {
      if (first.service !== second.service && tied(first, second)) ties.push({ first, second });
    }
  }
  return ties;
}

function tied(a: RouteRow, b: RouteRow): boolean {
  return bySpecificity(a, b) === 0 && methodsOverlap(a, b) && mayOverlap(a.pattern, b.pattern);
}

function methodsOverlap(a: RouteRow, b: RouteRow): boolean {
  if (a.methods === null || b.methods === null) return true;
  const { methods } = b;
  return [...a.methods].some((method) => methods.has(method));
}

/** Patterns of one kind and one weight. Regular expressions cannot be told apart, so they may. */
function mayOverlap(a: PathPattern, b: PathPattern): boolean {
  switch (a.kind) {
    case 'exact':
    case 'prefix':
      return a.shape === b.shape;
    case 'template':
      return templatesOverlap(a.shape.split('/'), b.shape.split('/'));
    case 'regex':
    case 'any':
      return true;
  }
}

function templatesOverlap(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [left, right] = [a[i], b[i]];
    if (left === '{**}' || right === '{**}') return true;
    if (left === undefined || right === undefined) return false;
    if (left !== right && left !== '{}' && right !== '{}') return false;
  }
  return true;
}

/** What a Service answers on each of its hosts. */
export interface Match {
  /** None: every path. */
  readonly patterns: readonly PathPattern[];
  readonly methods: ReadonlySet<string> | null;
  readonly priority: number;
}

/** The rows of one Service: every host with every path. */
export function rowsOf(service: CompiledService, match: Match): RouteRow[] {
  const patterns = match.patterns.length === 0 ? [ANY_PATH] : match.patterns;
  return service.hosts.flatMap((host) =>
    patterns.map((pattern) => ({ service, host, pattern, methods: match.methods, priority: match.priority })),
  );
}
