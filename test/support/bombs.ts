import { type Document, open } from './resources.ts';

/** A condition that passes the check when it is applied, and takes more than it may on what a client sends. */
export interface Bomb {
  readonly name: string;
  readonly match: string;
}

const LIST = 'ctx.request.http.bodyMap.list';
const TEXT = 'ctx.request.http.bodyMap.text';

/** A text that doubles `times` times. */
function doubled(times: number): string {
  const binds = Array.from({ length: times }, (_, i) => `cel.bind(v${i + 1}, v${i} + v${i}, `);
  return `cel.bind(v0, ${TEXT}, ${binds.join('')}v${times}${')'.repeat(times + 1)}`;
}

function inLoop(test: string): string {
  return `${LIST}.all(n, ${test})`;
}

export const BOMBS: readonly Bomb[] = [
  { name: 'nested-loops', match: inLoop(`${LIST}.all(m, n + m >= 0.0)`) },
  { name: 'nested-lists', match: `${LIST}.map(n, ${LIST}.map(m, m)) == []` },
  { name: 'pattern', match: inLoop(`!${TEXT}.matches("(a*)*b$")`) },
  { name: 'patterns-of-clients', match: inLoop('!"a".matches("(a|b{1,20})*" + string(n) + "$")') },
  { name: 'doubled-text', match: `${doubled(14)}.size() > 0` },
  { name: 'doubled-list', match: `${doubled(14).replace(TEXT, LIST)}.size() > 0` },
  { name: 'near-misses', match: inLoop(`!${TEXT}.contains("${'a'.repeat(50)}b")`) },
  { name: 'parts', match: inLoop(`${TEXT}.split("a").size() > 0`) },
  { name: 'replacements', match: inLoop(`${TEXT}.replace("a", "bb") != ""`) },
  { name: 'sorted', match: inLoop(`${LIST}.map(m, double(m)).sort().size() > 0`) },
  { name: 'distinct', match: inLoop(`${LIST}.map(m, [m]).distinct().size() > 0`) },
  {
    name: 'times',
    match: inLoop('timestamp("2026-01-01T00:00:00Z") + duration(string(int(n)) + "s") > ctx.request.time || true'),
  },
  { name: 'clocks', match: inLoop('timestamp(int(n) * 100000).getHours("Europe/Berlin") >= 0') },
  { name: 'json', match: inLoop(`json.marshal(${LIST}) != ""`) },
  { name: 'formats', match: inLoop(`"%s %.1000e".format([${LIST}, n / 3e200]) != ""`) },
];

/** What makes them go off. */
export const FUSE: string = JSON.stringify({
  list: Array.from({ length: 3000 }, (_, i) => i),
  text: 'a'.repeat(10_000),
});

/** A Service for each bomb: it reads the body as JSON, and whatever the condition gives would let the request through. */
export function bombServices(url: string): Document[] {
  const http = { enableRequestBuffering: true, body: { mode: 'JSON', maxRequestSize: 1_048_576 } };
  return BOMBS.map(({ name, match }) => {
    const rules = [{ effect: 'ALLOW', condition: { match: `(${match}) || true` } }];
    return open(
      name,
      url,
      { authorization: { enableAnonymous: true, inlinePolicies: [{ name: 'bomb', spec: { rules } }] } },
      http,
    );
  });
}
