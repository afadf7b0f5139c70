import { createHash } from 'node:crypto';
import { OWN_PATH_PREFIX } from '../base/own-names.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { Response } from '../gateway/outcome.ts';
import type { CompiledService, Snapshot } from '../gateway/snapshot.ts';
import { pictureResponse } from '../web/assets.ts';

/** On the auth host. Nobody finds a Service by its picture: the name of a picture is the hash of what it shows. */
const ICON_PREFIX = `${OWN_PATH_PREFIX}icons/`;

interface Icon {
  readonly hash: string;
  readonly type: string;
  readonly bytes: Buffer;
}

const known = new WeakMap<CompiledService, Icon | null>();
const byHash = new WeakMap<Snapshot, ReadonlyMap<string, Icon>>();

/** Path of the picture of a Service; `null`: it has none. */
export function iconUrl(service: CompiledService): string | null {
  const icon = iconOf(service);
  return icon === null ? null : `${ICON_PREFIX}${icon.hash}`;
}

/** The answer to a request for a picture; `null`: it is for something else, or there is no such picture. */
export function iconResponse({ request, snapshot }: Exchange): Response | null {
  if (request.host !== snapshot.domain || !request.path.startsWith(ICON_PREFIX)) return null;
  const icon = iconsOf(snapshot).get(request.path.slice(ICON_PREFIX.length));
  return icon === undefined ? null : pictureResponse(icon.type, icon.bytes);
}

function iconsOf(snapshot: Snapshot): ReadonlyMap<string, Icon> {
  const before = byHash.get(snapshot);
  if (before !== undefined) return before;
  const icons = snapshot.services.map(iconOf).filter((icon) => icon !== null);
  const made = new Map(icons.map((icon) => [icon.hash, icon]));
  byHash.set(snapshot, made);
  return made;
}

function iconOf(service: CompiledService): Icon | null {
  const before = known.get(service);
  if (before !== undefined) return before;
  const icon = readIcon(service.resource.metadata.picURL ?? '');
  known.set(service, icon);
  return icon;
}

/** Types as the check of a Service has them. */
function readIcon(url: string): Icon | null {
  const [, type, data] = /^data:(image\/(?:png|jpeg|webp));base64,(.+)$/.exec(url) ?? [];
  if (type === undefined || data === undefined) return null;
  const bytes = Buffer.from(data, 'base64');
  return { hash: createHash('sha256').update(type).update(bytes).digest('base64url'), type, bytes };
}
