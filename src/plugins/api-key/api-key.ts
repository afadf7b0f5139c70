import type { Identification } from '../../../identity/identification.ts';
import { isHopByHop } from '../../base/header-text.ts';
import { TOKEN_HEADER, TOKEN_PREFIX } from '../../base/own-names.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { CredentialPlaces, IdentifyHook, Plugin, PluginType } from '../../gateway/plugin.ts';
import { parameterValues } from '../../gateway/query.ts';
import type { PluginDeps } from '../deps.ts';
import { Keys } from './keys.ts';
import type { ApiKeys } from './schema.ts';

/** Identifies by a key in a header or in the query: an access token of ours, or a key that is kept as a Secret. */
export const plugin: PluginType<ApiKeys, PluginDeps> = {
  create: (config, deps): Plugin => {
    const { header, queryParameterThatOthersMayLog: parameter, keys = [], refusesOurAccessTokens } = config;
    checkPlace(config, deps);
    const takesOurs = refusesOurAccessTokens !== true;
    if (!takesOurs && keys.length === 0) deps.mistake(['keys'], 'nobody has a key then');
    const listed = new Keys(keys);
    return {
      credentials: placesOf(config),
      identify: (x, ours) => {
        if (x.request.headers.has(TOKEN_HEADER)) return NOT_RESPONSIBLE;
        const { headers, query } = x.request;
        const shown = header === undefined ? parameterValues(query, parameter!) : headers.all(header.toLowerCase());
        const [key] = shown;
        if (key === undefined) return NOT_RESPONSIBLE;
        if (shown.length > 1) return invalid(deps, 'a key is shown more than once');
        if (key.startsWith(TOKEN_PREFIX))
          return takesOurs ? byOurToken(x, key, ours) : invalid(deps, 'a token of ours');
        return byListedKey(x, key, listed, deps);
      },
    };
  },
};

const NOT_RESPONSIBLE: Identification = { kind: 'not-responsible' };

/** Fields that mean something else already. */
const TAKEN: ReadonlySet<string> = new Set(['authorization', 'content-length', 'cookie', 'dpop', 'host', TOKEN_HEADER]);

function checkPlace({ header, queryParameterThatOthersMayLog: parameter }: ApiKeys, deps: PluginDeps): void {
  const name = header?.toLowerCase();
  if (name !== undefined && (TAKEN.has(name) || isHopByHop(name))) {
    deps.mistake(['header'], `"${header}" means something else already`, 'such as X-Api-Key');
  }
  if (parameter === '') deps.mistake(['queryParameterThatOthersMayLog'], 'a query parameter has a name');
}

function placesOf({ header, queryParameterThatOthersMayLog: parameter }: ApiKeys): CredentialPlaces {
  return {
    headers: header === undefined ? [] : [header.toLowerCase()],
    parameters: parameter === undefined ? [] : [parameter],
  };
}

/** As if it stood in our own header: revocation, scopes and proofs of possession are those of everywhere. */
function byOurToken(x: Exchange, token: string, ours: Parameters<IdentifyHook>[1]): ReturnType<IdentifyHook> {
  const headers = x.request.headers.clone();
  headers.set(TOKEN_HEADER, token);
  return ours({ ...x.request, headers }, x.snapshot.directory);
}

function byListedKey(x: Exchange, shown: string, listed: Keys, deps: PluginDeps): Identification {
  const entry = listed.find(shown, x.snapshot.secrets);
  if (entry === null) return invalid(deps, listed.whyNone(x.snapshot.secrets));
  const { user, key } = entry;
  return deps.recognised(x, { user, entry: key.fromSecret, claims: { key: key.fromSecret } });
}

function invalid({ place }: PluginDeps, why: string): Identification {
  return { kind: 'rejected', reason: 'credentials-invalid', detail: `${place.plugin}: ${why}` };
}
