/** The types that plugins are written against; nothing of it is imported here. */
const API = `'ostiary/plugin'`;

/** What `plugin new` makes, by file name. */
export function pluginTemplate(name: string): readonly (readonly [file: string, content: string])[] {
  return [
    ['plugin.yaml', manifest(name)],
    ['plugin.ts', CODE],
    ['plugin.test.ts', TEST],
    ['README.md', readme(name)],
  ];
}

function manifest(name: string): string {
  return `name: ${name}
version: 0.1.0
apiVersion: ostiary/v1
description: Tells the upstream which groups a user is in, and turns away who is in none of them.
schema:
  type: object
  properties:
    header: { type: string, minLength: 1 }
    groups: { type: array, items: { type: string }, minItems: 1 }
  required: [header, groups]
  additionalProperties: false
`;
}

const CODE = `import type { OnRequest, OnResponse } from ${API};

/** As the schema in plugin.yaml says. */
interface Config {
  readonly header: string;
  readonly groups: readonly string[];
}

export const onRequest: OnRequest<Config> = (_request, { config, user }) => {
  const groups = (user?.groups ?? []).filter((group) => config.groups.includes(group));
  if (groups.length === 0) return { answer: { status: 403, body: 'You are in none of the groups.' } };
  return { headers: { [config.header]: groups.join(',') } };
};

export const onResponse: OnResponse<Config> = () => {
  return { headers: { 'x-powered-by': null } };
};
`;

const TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScriptContext, ScriptRequest, ScriptUser } from ${API};
import { onRequest, onResponse } from './plugin.ts';

const request: ScriptRequest = {
  method: 'GET',
  path: '/',
  query: '',
  headers: { accept: '*/*' },
  clientAddress: '192.0.2.1',
  body: null,
};
const user: ScriptUser = { name: 'ada', type: 'HUMAN', email: null, groups: ['staff', 'admins'] };
const config = { header: 'x-groups', groups: ['staff'] };
const context: ScriptContext<typeof config> = { requestId: '1', service: 'app', config, user, session: null };

test('the upstream is told the groups that count', () => {
  assert.deepEqual(onRequest(request, context), { headers: { 'x-groups': 'staff' } });
});

test('who is in none of them is turned away', () => {
  const answer = { status: 403, body: 'You are in none of the groups.' };
  assert.deepEqual(onRequest(request, { ...context, user: null }), { answer });
});

test('clients are not told what the upstream is made with', () => {
  const response = { status: 200, headers: { 'x-powered-by': 'something' } };
  assert.deepEqual(onResponse(response, { ...context, request }), { headers: { 'x-powered-by': null } });
});
`;

function readme(name: string): string {
  return `# ${name}

Tells the upstream which groups a user is in, and turns away who is in none of them.

A Service lists it among its plugins:

    - name: groups
      condition: { matchAny: true }
      script: { name: ${name}, config: { header: x-groups, groups: [staff] } }

The gateway finds it below a directory that it was given: \`ostiary serve --plugins DIR\`. Test it with
\`node --test plugin.test.ts\`, of Node 24 or newer.
`;
}
