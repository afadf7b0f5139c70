import type { PluginType } from '../../gateway/plugin.ts';
import type { HostHeader } from '../../model/service/headers.ts';
import type { PluginDeps } from '../deps.ts';
import { compileHost } from '../headers/host.ts';

/** Sets the Host that the upstream sees. Where requests go, and the name that TLS checks, stay as they are. */
export const plugin: PluginType<HostHeader, PluginDeps> = {
  create: (config, deps) => {
    const host = compileHost(config, [], deps);
    if (host === null) return {};
    return {
      onAuthorized: (x) => {
        x.outgoing!.authority = host(x);
        return null;
      },
    };
  },
};
