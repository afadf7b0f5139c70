import { AppError } from '../../base/errors.ts';
import type { Outcome } from '../../gateway/outcome.ts';
import type { PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { compileRefusal } from '../direct/refusal.ts';
import { type Geo, type Place, UnreadGeo } from './place.ts';
import { compileLocations, type Listed } from './rules.ts';
import { type GeoRules, LETS_UNKNOWN_IN } from './schema.ts';
import { compileTold } from './told.ts';

/** Lets in by the place that the client's address is in, and tells the upstream. */
export const plugin: PluginType<GeoRules, PluginDeps> = {
  create: (config, deps) => {
    const { allow, deny, requestHeaders } = config;
    if (allow === undefined && deny === undefined && requestHeaders === undefined) {
      throw new AppError('invalid', 'allow, deny or requestHeaders is needed');
    }
    const geo = deps.geo ?? NO_GEO;
    const told = requestHeaders === undefined ? null : compileTold(requestHeaders, ['requestHeaders'], geo, deps);
    const judge = compileJudge(config, deps);
    if (told === null) return judge === null ? {} : { onRequest: (x) => judge(x.request.clientAddress, geo) };
    return {
      credentials: told.hidden,
      onAuthorized: (x) => judge?.(x.request.clientAddress, geo) ?? told.tell(x),
    };
  },
};

const NO_GEO = new UnreadGeo([]);

type Judge = (address: string, geo: Geo) => Outcome | null;

/** `null`: there are no lists. */
function compileJudge(config: GeoRules, deps: PluginDeps): Judge | null {
  const { allow, deny, unknownAddresses } = config;
  if (allow === undefined && deny === undefined) {
    if (unknownAddresses !== undefined)
      deps.mistake(['unknownAddresses'], 'is about allow and deny, and there is neither');
    return null;
  }
  const denied = deny === undefined ? null : compileLocations(deny, ['deny'], deps);
  const allowed = allow === undefined ? null : compileLocations(allow, ['allow'], deps);
  const refused = compileRefusal(config, 'address-refused');
  return (address, geo) => {
    const place = geo.placeOf(address);
    const isDenied = decided(denied?.(place) ?? false, unknownAddresses === 'REFUSE');
    const isAllowed = decided(allowed?.(place) ?? true, unknownAddresses === LETS_UNKNOWN_IN);
    return isDenied || !isAllowed ? refused(`${address} is in ${placeText(place)}`) : null;
  };
}

/** What is not known well enough counts as that. */
function decided(listed: ReturnType<Listed>, otherwise: boolean): boolean {
  return listed === 'unknown' ? otherwise : listed;
}

/** For the log. */
function placeText({ country, continent, asn }: Place): string {
  return `country ${country ?? 'unknown'}, continent ${continent ?? 'unknown'}, network ${asn ?? 'unknown'}`;
}
