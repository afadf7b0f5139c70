import { messageOf } from '../../base/errors.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { refuse } from '../../gateway/outcome.ts';
import type { Plugin, PluginType, RequestHook, ResponseHook } from '../../gateway/plugin.ts';
import type { HeaderRules } from '../../model/service/headers.ts';
import type { PluginDeps } from '../deps.ts';
import { compileHost } from './host.ts';
import { compileEdit, type HeaderEdit } from './rules.ts';
import type { ValueSource } from './value.ts';

/** Adds, replaces and removes header fields towards the upstream and towards the client; sets the upstream's Host. */
export const plugin: PluginType<HeaderRules, PluginDeps> = {
  create: (config, deps): Plugin => {
    const host = compileHost(config.host ?? {}, ['host'], deps);
    const request = compileEdit(
      { key: 'addRequestHeaders', added: config.addRequestHeaders, removed: config.removeRequestHeaders },
      deps,
    );
    const response = compileEdit(
      { key: 'addResponseHeaders', added: config.addResponseHeaders, removed: config.removeResponseHeaders },
      deps,
    );
    return {
      ...(host === null && request === null ? {} : { onAuthorized: requestHook(host, request) }),
      ...(response === null ? {} : { onResponse: responseHook(response) }),
    };
  },
};

function requestHook(host: ValueSource | null, edit: HeaderEdit | null): RequestHook {
  return (x) => {
    try {
      changeRequest(x, host, edit);
      return null;
    } catch (thrown) {
      return refuse('plugin-error', messageOf(thrown));
    }
  };
}

function changeRequest(x: Exchange, host: ValueSource | null, edit: HeaderEdit | null): void {
  const outgoing = x.outgoing!;
  if (host !== null) outgoing.authority = host(x);
  edit?.(outgoing.headers, x);
}

/** What throws here refuses the answer with `plugin-error`, like every response hook that throws. */
function responseHook(edit: HeaderEdit): ResponseHook {
  return (x) => edit(x.response!.headers, x);
}
