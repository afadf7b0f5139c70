import type { DirectoryChange } from '../../identity/ports.ts';
import { AppError } from '../base/errors.ts';
import type { Controller } from '../control/controller.ts';
import type { Group, User } from '../model/index.ts';

/** Makes changes of Users and Groups that came up while requests are served. @throws AppError */
export async function changeDirectory(controller: Controller, changes: readonly DirectoryChange[]): Promise<void> {
  const puts = changes.flatMap((change) => (change.op === 'put' ? [withOrigin(change)] : []));
  const deleted = changes.flatMap((change) => (change.op === 'delete' ? [change] : []));
  const { accepted, diagnostics } = await controller.change(puts, deleted);
  if (!accepted) throw new AppError('refused', diagnostics[0]?.message ?? 'the change is refused');
}

function withOrigin({ resource, origin }: Extract<DirectoryChange, { op: 'put' }>): User | Group {
  return { ...resource, metadata: { ...resource.metadata, systemLabels: { origin } } } as User | Group;
}
