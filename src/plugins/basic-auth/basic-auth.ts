import type { Identification, IdentityRejection } from '../../../identity/identification.ts';
import { FailureBudget } from '../../base/failure-budget.ts';
import { networkOf } from '../../base/network.ts';
import { TOKEN_HEADER } from '../../base/own-names.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { AnswerHook, Plugin, PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { type Judgement, Passwords, secretOf } from './passwords.ts';
import type { BasicAuth, BasicUser } from './schema.ts';
import { type ShownPassword, shownPassword } from './shown.ts';

/** Identifies by a name and a password in Authorization (RFC 7617). */
export const plugin: PluginType<BasicAuth, PluginDeps> = {
  create: (config, deps): Plugin => {
    const desk = new Desk(config, deps);
    return { identify: (x) => desk.identify(x), onAnswer: challenge(config) };
  },
};

/** Wrong passwords of one address, or of one network of IPv6 addresses, before it has to wait. */
const MOST_FAILURES = 10;
const WINDOW_MS = 5 * 60_000;

const NOT_RESPONSIBLE: Identification = { kind: 'not-responsible' };

const OF_JUDGEMENT: Readonly<Record<Exclude<Judgement, 'right'>, readonly [IdentityRejection, string]>> = {
  wrong: ['credentials-invalid', 'the name or the password is wrong'],
  unusable: ['credentials-invalid', 'the Secret is missing, or holds no hash that can be used'],
  busy: ['identity-unavailable', 'too many passwords are being looked at'],
};

class Desk {
  readonly #users: ReadonlyMap<string, BasicUser>;
  readonly #deps: PluginDeps;
  readonly #passwords: Passwords;
  readonly #failures: FailureBudget;
  /** Judged in the place of names that are not there, so that both take as long. */
  readonly #nobody: BasicUser | undefined;

  constructor({ users }: BasicAuth, deps: PluginDeps) {
    this.#users = byName(users, deps);
    this.#deps = deps;
    this.#passwords = new Passwords(deps.clock);
    this.#failures = new FailureBudget(deps.clock, WINDOW_MS);
    this.#nobody = users.find(({ passwordHash }) => passwordHash !== undefined) ?? users[0];
  }

  async identify(x: Exchange): Promise<Identification> {
    const { headers, clientAddress } = x.request;
    const shown = headers.has(TOKEN_HEADER) ? null : shownPassword(headers);
    if (shown === null || shown.kind === 'nothing') return NOT_RESPONSIBLE;
    if (shown.kind === 'malformed') return this.#rejected('credentials-invalid', shown.why);
    const user = this.#users.get(shown.username);
    const { secrets } = x.snapshot;
    if (user !== undefined && this.#passwords.isKnown(user, shown, secrets)) return this.#recognised(x, user, shown);
    const network = networkOf(clientAddress);
    if (this.#failures.isSpent(network, MOST_FAILURES)) {
      return this.#rejected('too-many-attempts', 'too many passwords were wrong');
    }
    const judgement = await this.#judge(x, user, shown);
    if (judgement === 'right' && user !== undefined) return this.#recognised(x, user, shown);
    if (judgement !== 'busy') this.#failures.note(network);
    return this.#rejected(...OF_JUDGEMENT[judgement === 'right' ? 'wrong' : judgement]);
  }

  async #judge(x: Exchange, user: BasicUser | undefined, shown: ShownPassword): Promise<Judgement> {
    const { secrets } = x.snapshot;
    if (user !== undefined) return this.#passwords.judge(user, shown, secrets);
    const judgement = this.#nobody === undefined ? 'wrong' : await this.#passwords.judge(this.#nobody, shown, secrets);
    return judgement === 'busy' ? 'busy' : 'wrong';
  }

  #recognised(x: Exchange, user: BasicUser, { username }: ShownPassword): Identification {
    return this.#deps.recognised(x, {
      user: user.user,
      entry: secretOf(user),
      claims: { username },
      inAuthorization: true,
    });
  }

  #rejected(reason: IdentityRejection, why: string): Identification {
    return { kind: 'rejected', reason, detail: `${this.#deps.place.plugin}: ${why}` };
  }
}

function byName(users: readonly BasicUser[], deps: PluginDeps): ReadonlyMap<string, BasicUser> {
  const named = new Map<string, BasicUser>();
  for (const [i, one] of users.entries()) {
    const name = one.username ?? one.user;
    if (named.has(name)) deps.mistake(['users', i], `the name "${name}" is there already`);
    if (name === '' || name.includes(':')) deps.mistake(['users', i, 'username'], 'a name has no colon (RFC 7617 2)');
    named.set(name, one);
  }
  return named;
}

/** Only our own refusals: what an upstream asks for is its own business. */
function challenge({ realm = 'ostiary' }: BasicAuth): AnswerHook {
  const value = `Basic realm="${realm.replace(/["\\]/g, '\\$&')}", charset="UTF-8"`;
  return (x, { status, headers }) => {
    if (status === 401 && x.refusal !== null) headers.append('www-authenticate', value);
  };
}
