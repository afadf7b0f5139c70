import type { AdminApi } from '../../admin/api.ts';
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
    change('revoke', 'revoked', {
      summary: 'End a session. Whoever is signed in at the provider can come back; to keep them out, disable the User.',
      run: (gateway, session) => gateway.revokeSession(session),
    }),
    change('approve', 'approved', {
      summary: 'Let a session in that waits for it, or one that was rejected (`defaultState: PENDING`).',
      run: (gateway, session) => gateway.setSessionState(session, 'ACTIVE'),
    }),
    change('reject', 'rejected', {
      summary: 'Lock a session out without ending it: whoever has it is told so, and what is open is closed.',
      run: (gateway, session) => gateway.setSessionState(session, 'REJECTED'),
    }),
  ];

  function change(verb: string, done: string, { summary, run }: SessionChange): Command {
    return {
      name: `sessions ${verb}`,
      usage: 'ID|NAME [--data DIR]',
      summary,
      options: ADMIN_OPTIONS,
      run: async (invocation) => {
        const [idOrName] = invocation.positionals;
        if (idOrName === undefined) throw new AppError('usage', 'which session? Give its id or name');
        await run(connect(dataDirectory(invocation)), idOrName);
        invocation.io.out(`Session/${idOrName} ${done}\n`);
        return 0;
      },
    };
  }
}

interface SessionChange {
  readonly summary: string;
  readonly run: (gateway: AdminApi, idOrName: string) => Promise<void>;
}

function table(sessions: readonly Session[]): string {
  const lines = sessions.map(({ metadata, spec, status }) =>
    [metadata.name, status.userRef.name, spec.state, spec.expiresAt].join('  '),
  );
  return ['NAME  USER  STATE  EXPIRES', ...lines].map((line) => `${line}\n`).join('');
}
