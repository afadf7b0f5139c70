import { isIP } from 'node:net';
import { CidrSet } from '../../base/cidr.ts';
import { AppError } from '../../base/errors.ts';
import type { PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { compileRefusal } from '../direct/refusal.ts';
import type { IpRestriction } from './schema.ts';

/** Lets in by the client's address, behind trusted proxies the one that they state. */
export const plugin: PluginType<IpRestriction, PluginDeps> = {
  create: (config) => {
    const { allow, deny = [] } = config;
    if (allow === undefined && deny.length === 0) throw new AppError('invalid', 'allow or deny is needed');
    const [allowed, denied] = [new CidrSet(allow ?? []), new CidrSet(deny)];
    const refused = compileRefusal(config, 'address-refused');
    return {
      onRequest: ({ request }) => {
        const address = withoutZone(request.clientAddress);
        if (isIP(address) === 0) return refused('the address of the client is not known');
        if (denied.has(address)) return refused(`${address} is denied`);
        return allow === undefined || allowed.has(address) ? null : refused(`${address} is not allowed`);
      },
    };
  },
};

/** The zone of a link-local address (RFC 4007) names an interface of this machine. */
function withoutZone(address: string): string {
  const percent = address.indexOf('%');
  return percent < 0 ? address : address.slice(0, percent);
}
