import { type Html, html } from './html.ts';
import { durationText } from './time-text.ts';

const MINUTE_MS = 60_000;
const PROPOSED = [15, 30, 60, 120, 240, 480, 1440, 4320, 10_080, 20_160].map((minutes) => minutes * MINUTE_MS);

/** A choice of durations up to `max`, itself included, sent as `duration`. Milliseconds. */
export function durationField(id: string, max: number, chosen: number): Html {
  const offered = [...new Set([...PROPOSED.filter((ms) => ms < max), chosen, max])].sort((a, b) => a - b);
  return html`<select id="${id}" name="duration">${offered.map((ms) => option(ms, ms === chosen))}</select>`;
}

function option(ms: number, isChosen: boolean): Html {
  return isChosen
    ? html`<option value="${ms}ms" selected>${durationText(ms)}</option>`
    : html`<option value="${ms}ms">${durationText(ms)}</option>`;
}
