import { FromSecret, formatted, nameOf, text } from '../../model/scalars.ts';
import { field, list, required, type Static, strict } from '../../model/schema.ts';

const BasicUser = strict(
  {
    user: required(nameOf('User'), 'Who acts.'),
    username: field(text(256), 'The name that is typed; that of the User when left out.'),
    passwordHash: field(FromSecret, 'The Secret with the hash of the password: Argon2id or scrypt in the PHC format.'),
    password: field(FromSecret, 'The Secret with the password itself.'),
  },
  { 'x-exactly-one': [['passwordHash', 'password']] },
);
export type BasicUser = Static<typeof BasicUser>;

export const BasicAuth = strict({
  users: required(list(BasicUser, 1000), 'Names and passwords, each with its User.'),
  realm: field(
    formatted('header-value', 256),
    'What the password is for, for whoever is asked; `ostiary` when left out.',
  ),
});
export type BasicAuth = Static<typeof BasicAuth>;
