import { KINDS, type Kind } from '../../../src/model/kinds.ts';
import { addAbsent } from './absent.ts';
import { type Field, field, listOf, type ObjectForm, object } from './field.ts';
import { REQUEST } from './request.ts';
import { resourceForm } from './resource.ts';

const resource = (kind: Kind, doc: string): Field => field(addAbsent(kind, resourceForm(KINDS[kind].schema)), doc);

/** `ctx`: all that expressions see of a request. */
export const CONTEXT: ObjectForm = object({
  user: resource('User', 'The User; absent when anonymous.'),
  session: resource('Session', 'The Session; absent when anonymous.'),
  device: { ...resource('Device', 'The Device; absent for now.'), isAbsent: true },
  groups: field(
    listOf(resource('Group', '').form),
    "The user's Groups; their names are in `ctx.user.spec.groups`. Absent when anonymous.",
  ),
  service: resource('Service', 'The Service.'),
  namespace: resource('Namespace', 'Its Namespace.'),
  request: field(REQUEST, 'The request.'),
});
