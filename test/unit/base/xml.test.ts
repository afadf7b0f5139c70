import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childrenOf, descendantsOf, escapeXml, type XmlElement, XmlFault } from '../../../src/base/xml/element.ts';
import { readXml } from '../../../src/base/xml/read.ts';

const STRICT = { comments: 'refuse', mostElements: 100 } as const;

function read(text: string): XmlElement {
  return readXml(text, STRICT);
}

test('elements, namespaces, attributes and text', () => {
  const root = read(
    `<?xml version="1.0" encoding="UTF-8"?>\n<a:x xmlns:a="urn:a" xmlns="urn:b" a:id='1' id="2"><y/>one<a:z >two</a:z\t>three</a:x>\n`,
  );
  assert.deepEqual([root.namespace, root.name, root.text], ['urn:a', 'x', 'onethree']);
  assert.deepEqual(
    [...root.attributes],
    [
      ['{urn:a}id', '1'],
      ['id', '2'],
    ],
  );
  assert.deepEqual(
    root.children.map(({ namespace, name, text }) => [namespace, name, text]),
    [
      ['urn:b', 'y', ''],
      ['urn:a', 'z', 'two'],
    ],
  );
  assert.equal(childrenOf(root, 'urn:a', 'z').length, 1);
  assert.deepEqual(
    [...descendantsOf(root)].map(({ name }) => name),
    ['x', 'y', 'z'],
  );
});

test('declarations as programs write them', () => {
  for (const text of [`version='1.0' encoding='utf-8'`, 'version="1.0"', 'version="1.0" standalone="no" ']) {
    assert.equal(read(`<?xml ${text}?>\n<x/>`).name, 'x');
  }
});

test('a namespace ends with its element, and may be taken back', () => {
  const root = read('<x xmlns="urn:a"><y xmlns=""><z xmlns="urn:c"/></y><w/></x>');
  assert.deepEqual(
    [...descendantsOf(root)].map(({ namespace }) => namespace),
    ['urn:a', '', 'urn:c', 'urn:a'],
  );
});

test('references, line ends and white space in attributes are as XML 1.0 says', () => {
  const root = read('<x a="1\r\n2\t3&#10;4">a\r\nb\rc &amp;&lt;&gt;&quot;&apos;&#65;&#x1F600;</x>');
  assert.equal(root.attributes.get('a'), '1 2 3\n4');
  assert.equal(root.text, 'a\nb\nc &<>"\'A\u{1F600}');
});

const REFUSED: Readonly<Record<string, string>> = {
  nothing: '',
  'text alone': 'hello',
  'a byte order mark': '\ufeff<x/>',
  'a document type': '<!DOCTYPE x><x/>',
  'a document type inside': '<x><!DOCTYPE x></x>',
  'a comment': '<x>a<!-- -->b</x>',
  'a comment in front': '<!-- --><x/>',
  CDATA: '<x><![CDATA[a]]></x>',
  'a processing instruction': '<x><?a b?></x>',
  'a processing instruction in front': '<?a b?><x/>',
  'another version': '<?xml version="1.1"?><x/>',
  'another encoding': '<?xml version="1.0" encoding="UTF-7"?><x/>',
  'a declaration that comes late': ' <?xml version="1.0"?><x/>',
  'two roots': '<x/><x/>',
  'text behind the root': '<x/>a',
  'an open element': '<x>',
  'an end that does not fit': '<x></y>',
  'the same name by another prefix': '<a:x xmlns:a="u" xmlns:b="u"></b:x>',
  'an end without a start': '</x>',
  'an unknown entity': '<x>&who;</x>',
  'an ampersand': '<x>a & b</x>',
  'a reference to no character': '<x>&#0;</x>',
  'a reference to half a pair': '<x>&#xD800;</x>',
  'a reference beyond all characters': '<x>&#x110000;</x>',
  'a control character': '<x>\u0000</x>',
  'half a pair': '<x>\ud800</x>',
  'an attribute twice': '<x a="1" a="2"/>',
  'an attribute twice by two prefixes': '<x xmlns:a="u" xmlns:b="u" a:i="1" b:i="2"/>',
  'an attribute without quotes': '<x a=1/>',
  'an attribute without value': '<x a/>',
  'attributes without space between': '<x a="1"b="2"/>',
  'an angle bracket in an attribute': '<x a="<"/>',
  'a prefix that is not declared': '<a:x/>',
  'a prefix of an attribute that is not declared': '<x a:b=""/>',
  'a prefix that is taken back': '<x xmlns:a="u"><y xmlns:a=""/></x>',
  'another xml': '<x xmlns:xml="urn:a"/>',
  'another name for xml': '<x xmlns:a="http://www.w3.org/XML/1998/namespace"/>',
  'a name of two colons': '<a:b:c xmlns:a="u"/>',
  'a name of other letters': '<é/>',
  'too many elements': `<x>${'<y/>'.repeat(100)}</x>`,
  'too deep nesting': `${'<x>'.repeat(40)}${'</x>'.repeat(40)}`,
  'too many attributes of all elements': `<x>${'<y a="" b="" c="" d=""/>'.repeat(90)}</x>`,
  'too many attributes': `<x ${Array.from({ length: 41 }, (_, i) => `a${i}=""`).join(' ')}/>`,
};

for (const [what, text] of Object.entries(REFUSED)) {
  test(`refused: ${what}`, () => assert.throws(() => read(text), XmlFault));
}

test('where nothing is signed, comments may stand', () => {
  const skip = { comments: 'skip', mostElements: 10 } as const;
  const root = readXml('<!-- a --><x>a<!-- <y/> - -->b<y/></x><!---->', skip);
  assert.deepEqual([root.text, root.children.length], ['ab', 1]);
  for (const text of ['<x><!-- -- --></x>', '<x><!-- ></x>', '<x><!--->-</x>', '<!DOCTYPE x><x/>']) {
    assert.throws(() => readXml(text, skip), XmlFault);
  }
});

test('what is written is read back as it was', () => {
  const text = `<&>"' \u{1F600}`;
  assert.equal(read(`<x a="${escapeXml(text)}">${escapeXml(text)}</x>`).text, text);
  assert.equal(read(`<x a="${escapeXml(text)}"/>`).attributes.get('a'), text);
});
