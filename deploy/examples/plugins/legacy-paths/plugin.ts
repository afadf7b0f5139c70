import type { OnRequest, OnResponse } from 'ostiary/plugin';

/** As the schema in plugin.yaml says. */
interface Config {
  readonly moved?: Readonly<Record<string, string>>;
  readonly gone?: readonly string[];
  readonly sunset?: string;
}

export const onRequest: OnRequest<Config> = ({ path }, { config: { moved = {}, gone = [] } }) => {
  if (gone.includes(path)) return { answer: { status: 410, body: `${path} is no longer there.\n` } };
  const now = Object.hasOwn(moved, path) ? moved[path] : undefined;
  return now === undefined ? undefined : { path: now, headers: { 'x-original-path': path } };
};

/** Clients are told when the old paths end (RFC 8594, RFC 9745). */
export const onResponse: OnResponse<Config> = (_response, { request, config: { moved = {}, sunset } }) => {
  if (!Object.hasOwn(moved, request.path) || sunset === undefined) return undefined;
  return { headers: { sunset, link: `<${moved[request.path]}>; rel="successor-version"` } };
};
