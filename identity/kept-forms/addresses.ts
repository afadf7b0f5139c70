import { OWN_PATH_PREFIX } from '../../src/base/own-names.ts';

/** On every Service host: what a form sent before its sender had to sign in again. */
export const KEPT_FORM_PATH = `${OWN_PATH_PREFIX}kept-form`;

export const KEPT_FORM_ID = /^[a-z0-9]{6}$/;

export function keptFormPath(id: string): string {
  return `${KEPT_FORM_PATH}?id=${id}`;
}

const WHOLE = /^\/\.ostiary\/kept-form\?id=[a-z0-9]{6}$/;

/** Whether this path with query is one that `keptFormPath` gave. */
export function isKeptFormPath(path: string): boolean {
  return WHOLE.test(path);
}
