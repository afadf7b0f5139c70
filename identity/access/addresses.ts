import { OWN_PATH_PREFIX } from '../../src/base/own-names.ts';

/** On the auth host alone: what an upstream runs on its own host cannot reach them. */
export const ASK_ACCESS_PATH = `${OWN_PATH_PREFIX}access`;
export const REVIEW_ACCESS_PATH = `${OWN_PATH_PREFIX}access-requests`;

export function askAccessPath(service: string): string {
  return `${ASK_ACCESS_PATH}?${new URLSearchParams({ service })}`;
}

/** Where a decision about a request is posted. */
export function decisionPath(id: string, decision: 'approve' | 'refuse' | 'revoke'): string {
  return `${REVIEW_ACCESS_PATH}/${id}/${decision}`;
}

const PAGES = /^\/\.ostiary\/(access\?service=[a-z0-9.-]{1,100}|access-requests)$/;

/** Whether this path with query is one of the pages about access. */
export function isAccessPath(path: string): boolean {
  return PAGES.test(path);
}
