import { KINDS } from '../../../src/model/kinds.ts';
import { type Field, field, mapOf, type ObjectForm, object } from './field.ts';
import { resourceForm } from './resource.ts';

const CLAIMS = mapOf({ kind: 'dyn' });

const ASSERTION = {
  assertionMap: field(CLAIMS, 'The claims of the provider.'),
  assertion: field(CLAIMS, 'The same.'),
};

/** `ctx` in `aalRules`. */
export const ASSERTION_CONTEXT: ObjectForm = object(ASSERTION);

/** `ctx` in `postAuthenticationRules`. */
export const AUTHENTICATION_CONTEXT: ObjectForm = object({
  user: field(resourceForm(KINDS.User.schema), 'The User who would sign in.'),
  identityProvider: field(resourceForm(KINDS.IdentityProvider.schema), 'The IdentityProvider.'),
  authenticationInfo: authenticationInfo(),
  ...ASSERTION,
});

/** As it would stand in the session. */
function authenticationInfo(): Field {
  const { status } = resourceForm(KINDS.Session.schema).fields;
  const info = ['authentication', 'info'].reduce<Field | undefined>(inner, status);
  return { ...info!, doc: 'How the user was recognised.' };
}

function inner(outer: Field | undefined, name: string): Field | undefined {
  return outer?.form.kind === 'object' ? outer.form.fields[name] : undefined;
}
