import { freeMap, resourceMap } from '../../input/plain.ts';
import { readTimestamp } from '../../values/time-text.ts';
import type { Value } from '../../values/value.ts';
import { isObject } from './read-value.ts';

/**
 * `ctx` and `attrs` from plain data, as a file has it: the two under their names, or `ctx` alone without. Texts become
 * what a request has there: a timestamp in `request.time`, bytes in `request.http.body`.
 */
export function variablesOf(data: Readonly<Record<string, unknown>>): Map<string, Value> {
  const names = Object.keys(data);
  const isNamed = names.length > 0 && names.every((name) => name === 'ctx' || name === 'attrs');
  const { ctx = {}, attrs } = isNamed ? data : { ctx: data };
  const variables = new Map<string, Value>([['ctx', contextOf(isObject(ctx) ? ctx : {})]]);
  if (isObject(attrs)) variables.set('attrs', freeMap(attrs));
  return variables;
}

function contextOf(plain: Readonly<Record<string, unknown>>): Value {
  const { request } = plain;
  return resourceMap(isObject(request) ? { ...plain, request: requestOf(request) } : plain);
}

function requestOf(request: Readonly<Record<string, unknown>>): object {
  const { http, time } = request;
  const hasTime = typeof time === 'string' && readTimestamp(time) !== null;
  return {
    ...request,
    ...(hasTime ? { time: new Date(time) } : {}),
    ...(isObject(http) ? { http: httpOf(http) } : {}),
  };
}

function httpOf(http: Readonly<Record<string, unknown>>): object {
  return typeof http.body === 'string' ? { ...http, body: new TextEncoder().encode(http.body) } : http;
}
