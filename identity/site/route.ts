import type { SiteAnswer } from './answer.ts';
import type { SiteVisit } from './visit.ts';

/** @param captured what the parentheses of the route's pattern hold */
export type SiteHandler = (visit: SiteVisit, captured: readonly string[]) => Promise<SiteAnswer>;

/** One of our own addresses. */
export interface SiteRoute {
  /** The auth host, or every host of a Service. */
  readonly on: 'auth-host' | 'service-hosts';
  /** A canonical path, or a pattern of ours for the whole of it. */
  readonly path: string | RegExp;
  readonly methods: Readonly<Record<string, SiteHandler>>;
}

export interface FoundRoute {
  readonly route: SiteRoute;
  readonly captured: readonly string[];
}

/** Finds the route of an address: exact paths first, then patterns in their order. */
export class SiteRoutes {
  readonly #exact: ReadonlyMap<string, SiteRoute>;
  readonly #patterns: readonly (SiteRoute & { readonly path: RegExp })[];

  constructor(routes: readonly SiteRoute[]) {
    this.#exact = new Map(routes.map((route) => [`${route.on} ${route.path}`, route]));
    this.#patterns = routes.flatMap((route) => (route.path instanceof RegExp ? [{ ...route, path: route.path }] : []));
  }

  find(on: SiteRoute['on'], path: string): FoundRoute | null {
    const exact = this.#exact.get(`${on} ${path}`);
    if (exact !== undefined) return { route: exact, captured: [] };
    for (const route of this.#patterns) {
      const match = route.on === on ? route.path.exec(path) : null;
      if (match !== null) return { route, captured: match.slice(1) };
    }
    return null;
  }
}
