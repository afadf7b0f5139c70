import type { HeaderList } from '../../base/header-list.ts';
import type { Message } from './wire.ts';

/** A change of one field. `HeaderValueOption` has one. */
export interface FieldChange {
  readonly name: string;
  readonly value: string;
  readonly action: 'append' | 'add-if-absent' | 'set' | 'set-if-there';
}

/** `append_action`, but for its 0, which is also what is there when nothing was said. */
const ACTIONS = new Map<bigint, FieldChange['action']>([
  [1n, 'add-if-absent'],
  [2n, 'set'],
  [3n, 'set-if-there'],
]);

/** `HeaderValueOption`: `append`, where it is said, goes before `append_action`. */
export function changeOf(option: Message, otherwise: 'append' | 'set'): FieldChange {
  const header = option.message(1);
  const octets = header?.bytes(2).at(-1) ?? header?.bytes(3).at(-1) ?? Buffer.alloc(0);
  const append = option.message(2);
  const said = append === null ? ACTIONS.get(option.number(3)) : append.number(1) === 1n ? 'append' : 'set';
  return {
    name: (header?.bytes(1).at(-1) ?? Buffer.alloc(0)).toString('latin1').toLowerCase(),
    value: octets.toString('latin1'),
    action: said ?? otherwise,
  };
}

export function applyChanges(headers: HeaderList, changes: readonly FieldChange[]): void {
  for (const { name, value, action } of changes) {
    if (action === 'append') headers.append(name, value);
    else if (action === 'set') headers.set(name, value);
    else if (headers.has(name) === (action === 'set-if-there')) headers.set(name, value);
  }
}
