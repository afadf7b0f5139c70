import type { Identification } from '../../../../identity/identification.ts';
import type { IdentifiedPrincipal } from '../../../../identity/principal.ts';
import { TOKEN_HEADER } from '../../../../src/base/own-names.ts';
import type { KernelParts } from '../../../../src/gateway/kernel.ts';
import type { PluginName } from '../../../../src/plugins/catalog.ts';
import { PLUGIN_SAMPLES, SAMPLE_USERS } from '../../../support/plugin-samples.ts';
import { group, policy, service, workload, yaml } from '../../../support/resources.ts';
import { group as groupOf, principal, session, user } from '../../policies/fixtures.ts';
import { ALWAYS, type Mix, type MixedPlugin } from './mix.ts';

export const UPSTREAM = 'http://upstream.example.net';

const SESSIONS = ['alice-1', 'alice-2', 'bob-1', 'bob-2'];
const PRINCIPALS: ReadonlyMap<string, IdentifiedPrincipal> = new Map(
  SESSIONS.map((uid) => [`proof-of-${uid}`, principalOf(uid)]),
);

function principalOf(uid: string): IdentifiedPrincipal {
  const name = uid.split('-')[0]!;
  const groups = name === 'alice' ? ['staff'] : [];
  const own = session({ expiresAt: '2100-01-01T00:00:00Z' }, { userRef: { name } });
  return principal({
    user: user(name, { groups }),
    groups: groups.map((one) => groupOf(one)),
    session: { ...own, metadata: { ...own.metadata, uid } },
  });
}

/** What is shown of our sessions. */
export const identifyOurs: KernelParts['identify'] = ({ headers }): Identification => {
  const shown = headers.get(TOKEN_HEADER);
  const bearer = headers.get('authorization')?.replace('Bearer ', '');
  const found = PRINCIPALS.get(shown ?? bearer ?? '');
  if (found === undefined) return { kind: 'not-responsible' };
  return { kind: 'identified', principal: found, shownIn: shown === null ? 'authorization' : 'cookie' };
};

export function resourcesOf({ plugins, fields: more }: Mix): string {
  const http = (list: readonly MixedPlugin[]) => ({
    ...more,
    auth: { bearer: { fromSecret: 'upstream-token' } },
    ...listOf(list),
  });
  const [identifying, others] = [plugins.filter(identifies), plugins.filter((one) => !identifies(one))];
  return yaml(
    ...SAMPLE_USERS.map((name) => workload(name, name === 'alice' ? { groups: ['staff'] } : {})),
    group('staff'),
    policy(
      'most',
      { effect: 'DENY', condition: { match: 'ctx.request.http.path == "/denied"' } },
      { effect: 'ALLOW', condition: ALWAYS },
    ),
    service('app', { ...ASKED, config: { upstream: { url: UPSTREAM }, http: http(plugins) } }),
    service('bare', { ...ASKED, config: { upstream: { url: UPSTREAM }, http: listOf(identifying) } }),
    service('open', { isAnonymous: true, config: { upstream: { url: UPSTREAM }, http: http(others) } }),
  );
}

const ASKED = { authorization: { policies: ['most'] } };

function identifies({ name }: MixedPlugin): boolean {
  return PLUGIN_SAMPLES.get(name as PluginName)!.identifies === true;
}

/** Their names say where they stand: no two of a list share one. */
function listOf(plugins: readonly MixedPlugin[]): object {
  return {
    plugins: plugins.map(({ name, config, phase, condition: when }, i) => {
      return { name: `${name}-${i}`, phase, condition: when, [name]: config };
    }),
  };
}
