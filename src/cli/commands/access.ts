import type { AccessDecision, AccessRequestInfo } from '../../admin/access-api.ts';
import { durationMs } from '../../base/duration.ts';
import { AppError } from '../../base/errors.ts';
import { ADMIN_OPTIONS, type Command, type Connect, dataDirectory, flag, type Invocation, text } from '../command.ts';
import { printable } from '../decision-text.ts';

const DONE: Readonly<Record<AccessDecision['decision'], string>> = {
  approve: 'granted',
  refuse: 'refused',
  revoke: 'revoked',
};

/** Requests for access, decided by whoever runs the gateway. */
export function accessCommands(connect: Connect): Command[] {
  return [
    {
      name: 'access list',
      usage: '[--all] [-o json|table] [--data DIR]',
      summary: 'Show requests for access that wait for a decision and grants that hold; --all: those of the past too.',
      options: { ...ADMIN_OPTIONS, all: { type: 'boolean' }, output: { type: 'string', short: 'o' } },
      run: async (invocation) => list(invocation, await connect(dataDirectory(invocation)).accessRequests()),
    },
    {
      name: 'access approve',
      usage: 'ID [--for DURATION] [--data DIR]',
      summary: 'Grant what was asked for, or less: --for 30m.',
      options: { ...ADMIN_OPTIONS, for: { type: 'string' } },
      run: (invocation) => decide(connect, invocation, 'approve'),
    },
    {
      name: 'access refuse',
      usage: 'ID [--data DIR]',
      summary: 'Refuse a request for access.',
      options: ADMIN_OPTIONS,
      run: (invocation) => decide(connect, invocation, 'refuse'),
    },
    {
      name: 'access revoke',
      usage: 'ID [--data DIR]',
      summary: 'End what was granted before its time; what is open by it is closed.',
      options: ADMIN_OPTIONS,
      run: (invocation) => decide(connect, invocation, 'revoke'),
    },
  ];
}

function list({ options, io }: Invocation, all: readonly AccessRequestInfo[]): number {
  const shown = flag(options, 'all') ? all : all.filter(({ state }) => state === 'open' || state === 'granted');
  io.out(text(options, 'output') === 'json' ? `${JSON.stringify(shown, null, 2)}\n` : table(shown));
  return 0;
}

async function decide(connect: Connect, invocation: Invocation, decision: AccessDecision['decision']): Promise<number> {
  const [id] = invocation.positionals;
  if (id === undefined) throw new AppError('usage', 'which request? Give its id: ostiary access list');
  const durationMs = durationOf(text(invocation.options, 'for'));
  const decided = await connect(dataDirectory(invocation)).decideAccess({ id, decision, durationMs });
  const until = decision === 'approve' ? ` until ${decided.until}` : '';
  invocation.io.out(`${decided.user} on ${decided.service}: ${DONE[decision]}${until}\n`);
  return 0;
}

function durationOf(given: string | null): number | null {
  const duration = given === null ? null : durationMs(given);
  if (given !== null && duration === null) throw new AppError('usage', `--for ${given}: a duration such as 30m or 2h`);
  return duration;
}

function table(requests: readonly AccessRequestInfo[]): string {
  const lines = requests.map(({ id, state, user, service, until, reason }) =>
    [id, state, user, service, until ?? '-', printable(reason).replaceAll('\n', ' ')].join('  '),
  );
  return ['ID  STATE  USER  SERVICE  UNTIL  REASON', ...lines].map((line) => `${line}\n`).join('');
}
