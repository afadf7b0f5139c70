import type { Branding } from '../model/index.ts';
import { accentUrl } from './assets.ts';
import { type Filling, type Html, html } from './html.ts';
import { link } from './link.ts';
import { PAGE_SLOTS } from './page.ts';

/** What a page shows of the operator's own. */
export function brandFilling(branding: Branding): Filling {
  const filling = new Map<string, Html>();
  const { name, logo, accentColor } = branding;
  if (name !== undefined) {
    filling.set(PAGE_SLOTS.name, html`${name}`);
    filling.set(PAGE_SLOTS.title, html`${name}`);
  }
  // https://www.w3.org/WAI/tutorials/images/decorative/: the name stands beside it
  if (logo !== undefined) filling.set(PAGE_SLOTS.mark, html`<img class="logo" src="${logo}" alt="" height="24">`);
  if (accentColor !== undefined) {
    filling.set(PAGE_SLOTS.style, html`<link rel="stylesheet" href="${accentUrl(accentColor)}">`);
  }
  filling.set(PAGE_SLOTS.support, support(branding));
  if (branding.supportText !== undefined || branding.supportURL !== undefined) {
    filling.set(PAGE_SLOTS.contact, html`<p class="contact">${support(branding)}</p>`);
  }
  return filling;
}

function support({ supportText, supportURL }: Branding): Html {
  const words = supportText ?? '';
  if (supportURL === undefined) return html`${words}`;
  return html`${words} <a href="${link(supportURL)}" rel="noreferrer">Help</a>`;
}
