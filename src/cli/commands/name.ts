import { AppError } from '../../base/errors.ts';
import type { Invocation } from '../command.ts';

/** Of what is to be made. @throws AppError `usage` */
export function nameOf({ positionals }: Invocation): string {
  const [name] = positionals;
  if (name === undefined) throw new AppError('usage', 'which name should it have?');
  return name;
}
