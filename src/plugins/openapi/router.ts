import { matchTemplate, type Template } from './template.ts';

export interface Route<T> {
  readonly template: Template;
  readonly target: T;
}

/** Finds what describes a path. Texts come before parameters (OpenAPI 3.1, 4.8.8.2). */
export class Router<T> {
  /** By number of segments, the most specific first. */
  readonly #routes = new Map<number, Route<T>[]>();

  constructor(routes: readonly Route<T>[]) {
    for (const route of routes.toSorted((a, b) => (a.template.shape < b.template.shape ? -1 : 1))) {
      const { length } = route.template.segments;
      this.#routes.set(length, [...(this.#routes.get(length) ?? []), route]);
    }
  }

  /** @param path canonical */
  find(path: string): { readonly target: T; readonly values: ReadonlyMap<string, string> } | null {
    const parts = path.slice(1).split('/');
    for (const { template, target } of this.#routes.get(parts.length) ?? []) {
      const values = matchTemplate(template, parts);
      if (values !== null) return { target, values };
    }
    return null;
  }
}
