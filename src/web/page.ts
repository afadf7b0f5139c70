import { type AssetName, assetUrl } from './assets.ts';
import { Html, html } from './html.ts';
import { link } from './link.ts';

/** Who a page is shown to, as the page names them. */
export interface SignedInAs {
  readonly name: string;
  readonly displayName: string | null;
  readonly email: string | null;
}

export interface PageParts {
  /** In the browser's tab, before the domain. */
  readonly title: string;
  readonly body: Html;
  /** The apex of the installation, shown in the head of every page. */
  readonly domain: string;
  /** At the right of the head, such as who is signed in. */
  readonly aside?: Html | null;
  /** `wide` for lists; a page with one message is a narrow card. */
  readonly width?: 'card' | 'wide';
  /** Only what cannot be done without them; the answer must allow them (`pageResponse`). */
  readonly scripts?: readonly AssetName[];
}

/** What an operator may replace on every page: see `brand.ts`. */
export const PAGE_SLOTS = {
  title: 'title',
  style: 'style',
  mark: 'mark',
  name: 'name',
  support: 'support',
  contact: 'contact',
} as const;

/** A whole document. */
export function page({ title, body, domain, aside = null, width = 'card', scripts = [] }: PageParts): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · ${Html.slot(PAGE_SLOTS.title, html`${domain}`)}</title>
<link rel="icon" href="${assetUrl('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assetUrl('style.css')}">${Html.slot(PAGE_SLOTS.style, html``)}
${scripts.map((name) => html`<script src="${assetUrl(name)}" defer></script>`)}</head>
<body class="${width}">
<header class="top"><div class="inner">${Html.slot(PAGE_SLOTS.mark, MARK)}<span class="domain">${Html.slot(PAGE_SLOTS.name, html`${domain}`)}</span>${aside}</div></header>
<main>
${body}
</main>
<footer class="bottom">${Html.slot(PAGE_SLOTS.support, html``)} Ostiary guards the services of ${domain}.</footer>
</body>
</html>
`;
}

/** A door, ajar. */
const MARK = html`<svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
<path class="mark-frame" d="M4.5 21V8.5a7.5 7.5 0 0 1 15 0V21"/><path class="mark-leaf" d="M8 21V9l7-2.2V21z"/><path class="mark-floor" d="M2.5 21h19"/></svg>`;

/** "Alice Example (alice@example.com)", as much of it as is known. */
export function identityText(who: SignedInAs): string {
  const name = who.displayName ?? who.name;
  return who.email === null ? name : `${name} (${who.email})`;
}

export function linkButton(text: string, address: string, look: 'primary' | 'plain' = 'plain'): Html {
  return html`<a class="button ${look}" href="${link(address)}">${text}</a>`;
}
