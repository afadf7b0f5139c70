import assert from 'node:assert/strict';

export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  /** Its own text, without that of its children. */
  readonly text: string;
}

interface OpenElement extends Element {
  readonly children: Element[];
  text: string;
}

const DECLARATION = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/;
const TOKEN = /<\/([\w-]+)>|<([\w-]+)((?: [\w-]+="[^"<]*")*)>|([^<]+)/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads the plain XML of reports; whatever is not well formed throws. */
export function readXml(xml: string): Element {
  const declaration = DECLARATION.exec(xml)?.[0] ?? assert.fail('there is no declaration');
  const body = xml.slice(declaration.length).trimEnd();
  const root: OpenElement = { name: '', attributes: new Map(), children: [], text: '' };
  const open = [root];
  for (let at = 0; at < body.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(body) ?? assert.fail(`not well formed: ${body.slice(at, at + 60)}`);
    take(token, open);
  }
  assert.deepEqual([open.length, root.children.length], [1, 1], 'one root, which is closed');
  return root.children[0]!;
}

function take([, end, name, attributes = '', text]: RegExpExecArray, open: OpenElement[]): void {
  const inner = open.at(-1)!;
  if (text !== undefined) inner.text += unescaped(text);
  if (end !== undefined) assert.equal(open.pop()?.name, end);
  if (name === undefined) return;
  const element: OpenElement = { name, attributes: attributesOf(attributes), children: [], text: '' };
  inner.children.push(element);
  open.push(element);
}

function attributesOf(text: string): Map<string, string> {
  return new Map([...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, unescaped(value!)]));
}

function unescaped(text: string): string {
  assert.doesNotMatch(text, /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u);
  assert.doesNotMatch(text, /&(?!(?:amp|lt|gt|quot|apos|#\d+);)/);
  return text.replaceAll(/&(?:#(\d+)|(\w+));/g, (_, code, name) =>
    code === undefined ? ENTITIES[name]! : String.fromCodePoint(Number(code)),
  );
}
