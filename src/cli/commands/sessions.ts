import { AppError } from '../../base/errors.ts';
import type { Session } from '../../model/index.ts';
import { ADMIN_OPTIONS, type Command, type Connect, dataDirectory, text } from '../command.ts';

export function sessionCommands(connect: Connect): Command[] {
  return [
    {
      name: 'sessions list',
      usage: '[--user U] [-o json|table] [--data DIR]',
      summary: 'Show who is signed in.',
      options: { ...ADMIN_OPTIONS, user: { type: 'string' }, output: { type: 'string', short: 'o' } },
      run: async (invocation) => {
        const sessions = await connect(dataDirectory(invocation)).sessions(text(invocation.options, 'user'));
        const json = text(invocation.options, 'output') === 'json';
        invocation.io.out(json ? `${JSON.stringify(sessions, null, 2)}\n` : table(sessions));
        return 0;
      },
    },
    {
      name: 'sessions revoke',
      usage: 'ID|NAME [--data DIR]',
      summary: 'End a session. Whoever is signed in at the provider can come back; to keep them out, disable the User.',
      options: ADMIN_OPTIONS,
      run: async (invocation) => {
        const [idOrName] = invocation.positionals;
        if (idOrName === undefined) throw new AppError('usage', 'which session? Give its id or name');
        await connect(dataDirectory(invocation)).revokeSession(idOrName);
        invocation.io.out(`Session/${idOrName} revoked\n`);
        return 0;
      },
    },
  ];
}

function table(sessions: readonly Session[]): string {
  const lines = sessions.map((s) => `${s.metadata.name}  ${s.status.userRef?.name ?? ''}  ${s.spec.expiresAt ?? ''}`);
  return ['NAME  USER  EXPIRES', ...lines].map((line) => `${line}\n`).join('');
}
