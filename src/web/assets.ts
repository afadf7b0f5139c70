import { createHash } from 'node:crypto';
import { HeaderList } from '../base/header-list.ts';
import { BufferedBody } from '../gateway/body.ts';
import type { Response } from '../gateway/outcome.ts';
import { accentStyle } from './accent.ts';
import { ICON } from './icon.ts';
import { PASSKEY_SCRIPT } from './passkey-script.ts';
import { STYLE } from './style.ts';

/** Where the files that pages refer to are served, on every host. */
export const ASSET_PREFIX = '/.ostiary/assets/';

interface Asset {
  readonly type: string;
  readonly text: string;
  /** Changes with the content, so that browsers may keep a file for good. */
  readonly version: string;
}

export type AssetName = 'style.css' | 'icon.svg' | 'passkey.js';

const ASSETS: Readonly<Record<AssetName, Asset>> = {
  'style.css': asset('text/css; charset=utf-8', STYLE),
  'icon.svg': asset('image/svg+xml', ICON),
  'passkey.js': asset('text/javascript; charset=utf-8', PASSKEY_SCRIPT),
};

/** The address that pages use, with the version of the content. */
export function assetUrl(name: AssetName): string {
  return `${ASSET_PREFIX}${name}?v=${ASSETS[name].version}`;
}

/** The answer to a request below `ASSET_PREFIX`; `null` when there is no such file. `query` as in `RequestHead`. */
export function assetResponse(path: string, query: string): Response | null {
  const name = path.slice(ASSET_PREFIX.length);
  const accent = ACCENT.exec(path)?.[1];
  if (accent !== undefined) return assetAnswer('text/css; charset=utf-8', accentStyle(accent), true);
  if (!path.startsWith(ASSET_PREFIX) || !isAssetName(name)) return null;
  const { type, text, version } = ASSETS[name];
  return assetAnswer(type, text, query === `v=${version}`);
}

/** Its colour is all that this stylesheet depends on. */
export function accentUrl(colour: string): string {
  return `${ASSET_PREFIX}accent-${colour.slice(1).toLowerCase()}.css`;
}

const ACCENT = /^\/\.ostiary\/assets\/accent-([0-9a-f]{6})\.css$/;

function assetAnswer(type: string, text: string, isItsVersion: boolean): Response {
  return { status: 200, headers: assetHeaders(type, isItsVersion), body: new BufferedBody(text) };
}

/** A picture that an operator chose; its address changes with it. */
export function pictureResponse(type: string, bytes: Uint8Array): Response {
  return { status: 200, headers: assetHeaders(type, true), body: new BufferedBody(bytes) };
}

/** Another version's address must not keep this content: two versions run side by side during an upgrade. */
function assetHeaders(type: string, isItsVersion: boolean): HeaderList {
  return HeaderList.from([
    ['content-type', type],
    ['cache-control', isItsVersion ? 'public, max-age=31536000, immutable' : 'no-cache'],
    ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
    ['cross-origin-resource-policy', 'same-origin'],
    ['x-content-type-options', 'nosniff'],
  ]);
}

function isAssetName(name: string): name is AssetName {
  return Object.hasOwn(ASSETS, name);
}

function asset(type: string, text: string): Asset {
  return { type, text, version: createHash('sha256').update(text).digest('base64url').slice(0, 12) };
}
