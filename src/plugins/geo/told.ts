import { toHeaderValue } from '../../base/header-text.ts';
import type { CredentialPlaces, RequestHook } from '../../gateway/plugin.ts';
import type { KeyPath } from '../../model/source.ts';
import type { PluginDeps } from '../deps.ts';
import { refuseIdentityField, refuseIdentityName } from '../headers/identity-names.ts';
import { fieldName } from '../headers/rules.ts';
import type { Geo, GeoKind, Place } from './place.ts';
import { requireDatabase } from './rules.ts';
import type { LocationHeaders } from './schema.ts';

/** How the upstream is told. */
export interface Told {
  /** No client is believed in these, also where the condition of the plugin does not match. */
  readonly hidden: CredentialPlaces;
  readonly tell: RequestHook;
}

const KINDS: Readonly<Record<keyof Place, GeoKind>> = {
  country: 'places',
  continent: 'places',
  city: 'places',
  asn: 'networks',
};

/** @throws AppError `invalid` for names of headers that no plugin may write. */
export function compileTold(headers: LocationHeaders, path: KeyPath, geo: Geo, deps: PluginDeps): Told {
  const facts = (Object.keys(KINDS) as (keyof Place)[]).flatMap((fact) => {
    const header = headers[fact];
    if (header === undefined) return [];
    requireDatabase(KINDS[fact], [...path, fact], deps);
    return [{ fact, name: writableName(header) }];
  });
  return {
    hidden: { headers: facts.map(({ name }) => name), parameters: [] },
    tell: (x) => {
      const place = geo.placeOf(x.request.clientAddress);
      for (const { fact, name } of facts) {
        refuseIdentityField(x, name);
        const value = place[fact];
        if (value !== null) x.outgoing!.headers.set(name, toHeaderValue(String(value)));
      }
      return null;
    },
  };
}

function writableName(header: string): string {
  const name = fieldName(header);
  refuseIdentityName(name, true);
  return name;
}
