import { AppError } from '../../base/errors.ts';
import type { Change } from '../store.ts';

/**
 * What may be among the stored resources at all.
 * @throws AppError `invalid` on a Session, on an open Secret, and on a sealed value that is not this Secret's.
 */
export function checkStorable({ resource, sealed }: Extract<Change, { op: 'put' }>): void {
  const { kind, metadata } = resource;
  if (kind === 'Session') throw invalid('Sessions are not stored as resources');
  if (kind === 'Secret' && resource.data !== undefined) throw invalid(`Secret "${metadata.name}" must be sealed first`);
  if (sealed === undefined) return;
  if (kind !== 'Secret') throw invalid(`a ${kind} has no sealed value`);
  if (sealed.name !== metadata.name)
    throw invalid(`the value of "${sealed.name}" does not belong to "${metadata.name}"`);
}

function invalid(message: string): AppError {
  return new AppError('invalid', message);
}
