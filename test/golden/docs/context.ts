import { CONTEXT } from '../../../policies/input/schema/context.ts';
import type { Field, Form } from '../../../policies/input/schema/field.ts';
import { formText, objectIn } from '../../../policies/input/schema/text.ts';
import { table } from './table.ts';

const INTRODUCTION = `Expressions see the request, and who makes it, as \`ctx\`. This page is made from the schema that expressions are checked
with: one that names another field, or compares a text with a number, is refused when it is applied.
\`ostiary schema ctx\` prints the same, \`ostiary schema ctx -o json\` as JSON Schema.

Any field may be absent: then it has no key, and reading it is [missing](policies.md#how-a-request-is-decided);
\`has(ctx.user.spec.email)\` asks. Below \`dyn\` (\`attrs\`, JSON bodies, \`status\`) anything goes and nothing is checked ahead.
In \`attrs\` and JSON bodies every number is a \`double\`. Whole numbers elsewhere are \`int\`.`;

const METADATA = 'ctx.user.metadata';

/** The page about `ctx`, made from its schema. */
export function contextPage(): string {
  const metadata = objectIn(objectIn(CONTEXT)!.fields.user!.form)!.fields.metadata!;
  return [
    '# What conditions see',
    INTRODUCTION,
    ...Object.entries(CONTEXT.fields).flatMap(([name, field]) => section(`ctx.${name}`, field)),
    ...section(METADATA, { ...metadata, doc: 'The same for every resource.' }),
  ]
    .join('\n\n')
    .concat('\n');
}

function section(path: string, { form, doc }: Field): string[] {
  const { rows, words } = fieldsOf(form, path);
  const listed = words.map((word) => `\`${word}\``).join(', ');
  return [
    `## ${path}`,
    form.kind === 'list' ? `${doc} Each has:` : doc,
    table(['field', 'type', 'content'], rows),
    ...(words.length === 0 ? [] : [`Known words that are always absent: ${listed}.`]),
  ];
}

interface Listed {
  readonly rows: readonly (readonly string[])[];
  readonly words: readonly string[];
}

/** Told elsewhere: what was applied is in the pages of the resources, and one authentication is like another. */
const TOLD_ELSEWHERE =
  /^ctx\.(\w+\.metadata|\w+\.spec\.authorization|service\.spec\.(match|authentication|config|dynamicConfig)|session\.status\.(initialAuthentication|lastAuthentications)|request\.grpc\.http)$/;

function fieldsOf(form: Form, parent: string): Listed {
  const rows: (readonly string[])[] = [];
  const words: string[] = [];
  for (const [name, field] of Object.entries(objectIn(form)?.fields ?? {})) {
    const path = `${parent}.${name}`;
    if (field.isAbsent) words.push(path);
    else rows.push([`\`${path}\``, typeCell(field.form), field.doc.replaceAll('|', '\\|')]);
    const below = TOLD_ELSEWHERE.test(path) ? null : fieldsOf(field.form, path);
    rows.push(...(below?.rows ?? []));
    words.push(...(below?.words ?? []));
  }
  return { rows, words };
}

function typeCell(form: Form): string {
  return formText(form).replaceAll('|', 'or').replaceAll('"', '`');
}
