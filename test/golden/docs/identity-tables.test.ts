/** The tables of fields of these pages against the schema. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { SamlProvider } from '../../../src/model/saml-provider.ts';
import { AcceptedToken } from '../../../src/model/service/accepted-tokens.ts';
import { IdentityAssertion } from '../../../src/model/service/identity-assertion.ts';
import { codesIn, tableUnder } from '../../support/markdown.ts';

const docs = (name: string) => join(import.meta.dirname, '../../../docs', name);

const TABLES = [
  ['saml.md', 'Settings', Object.keys(SamlProvider.properties)],
  ['upstream-identity.md', 'Telling upstreams who asks', Object.keys(IdentityAssertion.properties)],
  ['upstream-identity.md', 'Plain headers', Object.keys(IdentityAssertion.properties.headers.properties)],
  ['third-party-tokens.md', 'JWTs', Object.keys(AcceptedToken.properties.jwt.properties)],
  ['third-party-tokens.md', 'Introspection', Object.keys(AcceptedToken.properties.introspection.properties)],
  ['third-party-tokens.md', 'Who it is', ['identityProvider', 'letSubjectsWithoutUserInAsTransientPrincipals']],
] as const;

for (const [page, heading, fields] of TABLES) {
  test(`${page}, ${heading}: every field and nothing else`, () => {
    const documented = tableUnder(docs(page), heading).flatMap(([cell]) => codesIn(cell ?? ''));
    assert.deepEqual(documented.sort(), [...fields].sort());
  });
}
