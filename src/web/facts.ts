import { type Html, html } from './html.ts';

/** A line of a fact table: what it is, its value, and whether the value is to be copied as it stands. */
export interface Fact {
  readonly name: string;
  readonly value: string | null;
  readonly exact?: boolean;
}

/** The facts that are known, as a description list. */
export function facts(list: readonly Fact[]): Html {
  return html`<dl class="facts">${list.filter((fact) => fact.value !== null).map(line)}</dl>`;
}

function line({ name, value, exact }: Fact): Html {
  return html`<div><dt>${name}</dt><dd>${exact ? html`<code>${value}</code>` : value}</dd></div>`;
}
