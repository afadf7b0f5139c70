import { listResponse, MOST_COUNT } from './listing.ts';
import { SCHEMAS } from './views.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0';

/** RFC 7643 5 */
export function serviceProviderConfig(base: string) {
  const no = { supported: false };
  return {
    schemas: [`${CORE}:ServiceProviderConfig`],
    patch: { supported: true },
    bulk: { ...no, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: MOST_COUNT },
    changePassword: no,
    sort: no,
    etag: no,
    authenticationSchemes: [
      { type: 'oauthbearertoken', name: 'Access token', description: 'Authorization: Bearer TOKEN', primary: true },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

/** RFC 7643 6 */
export function resourceTypes(base: string) {
  return listResponse(Object.entries(SCHEMAS).map(([name, schema]) => resourceType(base, name, schema)));
}

function resourceType(base: string, name: string, schema: string) {
  return {
    schemas: [`${CORE}:ResourceType`],
    id: name,
    name,
    endpoint: `/${name}s`,
    schema,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
  };
}

interface Attribute {
  readonly type: 'boolean' | 'complex' | 'reference' | 'string';
  readonly required?: true;
  readonly multiValued?: true;
  readonly caseExact?: true;
  readonly mutability?: 'readOnly';
  readonly uniqueness?: 'server';
  readonly parts?: Readonly<Record<string, Attribute>>;
}

const TEXT: Attribute = { type: 'string' };
const REFERENCE: Readonly<Record<string, Attribute>> = {
  value: { type: 'string', caseExact: true },
  display: { type: 'string', mutability: 'readOnly' },
  $ref: { type: 'reference', mutability: 'readOnly' },
};

/** What is kept of each schema; the rest of what a client sends is ignored. */
const KEPT: Readonly<Record<keyof typeof SCHEMAS, Readonly<Record<string, Attribute>>>> = {
  User: {
    userName: { type: 'string', required: true, uniqueness: 'server' },
    externalId: { type: 'string', caseExact: true },
    displayName: TEXT,
    name: { type: 'complex', parts: { givenName: TEXT, middleName: TEXT, familyName: TEXT } },
    active: { type: 'boolean' },
    emails: { type: 'complex', multiValued: true, parts: { value: TEXT, type: TEXT, primary: { type: 'boolean' } } },
    groups: { type: 'complex', multiValued: true, mutability: 'readOnly', parts: REFERENCE },
  },
  Group: {
    displayName: { type: 'string', required: true, uniqueness: 'server' },
    externalId: { type: 'string', caseExact: true },
    members: { type: 'complex', multiValued: true, parts: REFERENCE },
  },
};

/** RFC 7643 7 */
export function schemas(base: string) {
  return listResponse([schema(base, 'User'), schema(base, 'Group')]);
}

function schema(base: string, name: keyof typeof SCHEMAS) {
  return {
    schemas: [`${CORE}:Schema`],
    id: SCHEMAS[name],
    name,
    attributes: attributes(KEPT[name]),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${SCHEMAS[name]}` },
  };
}

function attributes(of: Readonly<Record<string, Attribute>>): object[] {
  return Object.entries(of).map(
    ([name, { type, required, multiValued, caseExact, mutability, uniqueness, parts }]) => ({
      name,
      type,
      multiValued: multiValued ?? false,
      required: required ?? false,
      caseExact: caseExact ?? false,
      mutability: mutability ?? 'readWrite',
      returned: 'default',
      uniqueness: uniqueness ?? 'none',
      ...(parts && { subAttributes: attributes(parts) }),
    }),
  );
}
