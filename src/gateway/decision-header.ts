import type { Exchange } from './exchange.ts';

/** What decided, for operators who show a debug token; nobody else ever sees it. */
export const DECISION_HEADER = 'x-ostiary-decision';

/** `id="…", effect=deny, reason=policy-denied, policy="…", rule="…", service="…", config="…", generation=7` */
export function decisionHeader({ id, decision, refusal, service, config, snapshot }: Exchange): string {
  const fields: (readonly [name: string, value: string | null | undefined])[] = [
    ['id', quoted(id)],
    ['effect', refusal === null ? decision?.effect : 'deny'],
    ['reason', refusal?.reason ?? decision?.reason],
    ['policy', quotedOrNull(decision?.policy)],
    ['rule', quotedOrNull(decision?.rule)],
    ['service', quotedOrNull(service?.name)],
    ['config', quotedOrNull(config?.name)],
    ['generation', String(snapshot.generation)],
  ];
  return fields.flatMap(([name, value]) => (value == null ? [] : [`${name}=${value}`])).join(', ');
}

function quotedOrNull(text: string | null | undefined): string | null {
  return text == null ? null : quoted(text);
}

/** A JSON string in ASCII: names are texts of whoever wrote the policy. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(NOT_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const NOT_ASCII = /[^\x20-\x7e]/g;
