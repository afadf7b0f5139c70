import { type XmlElement, XmlFault } from './element.ts';
import { named, OUTERMOST, resolved, type Scope, scopeOf } from './namespaces.ts';
import { checkCharacters, resolve } from './text.ts';

export interface XmlLimits {
  /** `refuse`: whatever canonicalisation would leave out makes readers disagree. */
  readonly comments: 'refuse' | 'skip';
  readonly mostElements: number;
}

const MOST_DEPTH = 32;
const MOST_ATTRIBUTES = 40;
/** Of all elements together, for each that there may be: what comes after this reader takes long over them. */
const MOST_ON_AVERAGE = 3;

const DECLARATION =
  /^<\?xml[ \t\r\n]+version=(["'])1\.0\1(?:[ \t\r\n]+encoding=(["'])[Uu][Tt][Ff]-8\2)?(?:[ \t\r\n]+standalone=(["'])(?:yes|no)\3)?[ \t\r\n]*\?>/;
const COMMENT = /<!--(?:(?!--)[\s\S])*-->/y;
const NAME = '[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?';
const START = new RegExp(`<(${NAME})`, 'y');
const END = new RegExp(`</(${NAME})[ \\t\\r\\n]*>`, 'y');
const ATTRIBUTE = new RegExp(`[ \\t\\r\\n]+(${NAME})[ \\t\\r\\n]*=[ \\t\\r\\n]*(?:"([^"<]*)"|'([^'<]*)')`, 'y');
const CLOSE = /[ \t\r\n]*(\/?)>/y;
const TEXT = /[^<]+/y;

interface Open {
  readonly qualified: string;
  readonly scope: Scope;
  readonly namespace: string;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/**
 * Reads the part of XML that no two readers understand differently: no document type, entities, processing
 * instructions or CDATA, ASCII names, and no attribute twice. In time that grows with the length.
 * @throws XmlFault
 */
export function readXml(text: string, limits: XmlLimits): XmlElement {
  checkCharacters(text);
  return new Reader(text, limits).read();
}

class Reader {
  readonly #text: string;
  readonly #limits: XmlLimits;
  #at: number;
  #elements = 0;
  #attributesSoFar = 0;

  constructor(text: string, limits: XmlLimits) {
    this.#text = text;
    this.#limits = limits;
    this.#at = DECLARATION.exec(text)?.[0].length ?? 0;
  }

  read(): XmlElement {
    this.#skipMisc();
    const root = this.#tree();
    this.#skipMisc();
    if (this.#at !== this.#text.length) throw new XmlFault('something follows the root element');
    return root;
  }

  /** Without recursion, so that nesting costs no stack. */
  #tree(): XmlElement {
    const open: Open[] = [];
    for (;;) {
      const closed = this.#next(open);
      if (closed === null) continue;
      const parent = open.at(-1);
      if (parent === undefined) return closed;
      parent.children.push(closed);
    }
  }

  /** One step: text, a start tag or an end tag. Gives an element that is complete. */
  #next(open: Open[]): XmlElement | null {
    const current = open.at(-1);
    if (current !== undefined) {
      const text = this.#take(TEXT);
      if (text !== null) current.text += resolve(text[0].replace(/\r\n?/g, '\n'));
      if (this.#skipComment()) return null;
      const end = this.#take(END);
      if (end !== null) return close(open, end[1]!);
    }
    const start = this.#take(START);
    if (start === null) throw new XmlFault('something other than elements and text is there, or a tag is malformed');
    return this.#start(start[1]!, open);
  }

  #start(qualified: string, open: Open[]): XmlElement | null {
    this.#elements += 1;
    if (this.#elements > this.#limits.mostElements || open.length >= MOST_DEPTH) throw new XmlFault('it is too large');
    const written = this.#attributes();
    const scope = scopeOf(written, open.at(-1)?.scope ?? OUTERMOST);
    const element: Open = {
      qualified,
      scope,
      ...named(qualified, scope),
      attributes: resolved(written, scope),
      children: [],
      text: '',
    };
    const end = this.#take(CLOSE);
    if (end === null) throw new XmlFault('a start tag is malformed');
    open.push(element);
    return end[1] === '/' ? close(open, qualified) : null;
  }

  #attributes(): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (let one = this.#take(ATTRIBUTE); one !== null; one = this.#take(ATTRIBUTE)) {
      if (found.has(one[1]!) || found.size === MOST_ATTRIBUTES)
        throw new XmlFault('an attribute is there twice, or too many are');
      this.#attributesSoFar += 1;
      if (this.#attributesSoFar > this.#limits.mostElements * MOST_ON_AVERAGE) throw new XmlFault('it is too large');
      found.set(one[1]!, resolve((one[2] ?? one[3]!).replace(/\r\n|[\t\r\n]/g, ' ')));
    }
    return found;
  }

  #skipMisc(): void {
    do this.#take(/[ \t\r\n]+/y);
    while (this.#skipComment());
  }

  #skipComment(): boolean {
    if (!this.#text.startsWith('<!', this.#at)) return false;
    if (this.#limits.comments === 'skip' && this.#take(COMMENT) !== null) return true;
    throw new XmlFault('document types, comments and CDATA are not taken');
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }
}

function close(open: Open[], qualified: string): XmlElement {
  const { qualified: expected, namespace, name, attributes, children, text } = open.pop()!;
  if (qualified !== expected) throw new XmlFault('an end tag does not fit its start tag');
  return { namespace, name, attributes, children, text };
}
