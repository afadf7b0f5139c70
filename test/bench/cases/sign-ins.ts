import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../support/oidc-provider.ts';
import { yaml } from '../../support/resources.ts';
import { type Figure, least, most } from '../figure.ts';
import { people } from '../identity/store.ts';
import { median, medianOrNull } from '../measure.ts';
import { startCompanion } from '../processes.ts';
import { startUpstream } from '../subjects/upstream.ts';
import { usageOf } from '../usage.ts';
import { type Bench, type Case, caseGateway, scaled } from './case.ts';

const SCRIPT = join(import.meta.dirname, '../load/sign-ins-process.ts');
const PEOPLE = people(100);
/** In a round, and of them at once. */
const SIGN_INS = 200;
const AT_ONCE = 4;
/** That one core has in a minute for each of a thousand, in milliseconds. */
const SHARE = 60;

interface Round {
  /** Milliseconds of CPU that the gateway takes for one. */
  readonly cpu: number | null;
  readonly perMinute: number;
}

/** Whole sign-ins of browsers that were never here, from the Service's page to the Service's page. */
export const signIns: Case = {
  name: 'sign-ins',
  run: async (bench) => {
    const port = await freePort();
    const order = { port, people: PEOPLE.map(({ metadata }) => metadata.name) };
    const { ask } = startCompanion(bench.stack, SCRIPT, order);
    const upstream = `http://127.0.0.1:${await startUpstream(bench.stack)}`;
    const { pid } = await caseGateway(bench, resources(String(await ask('issuer')), upstream), [], port);
    const count = scaled(bench, SIGN_INS);
    const found: Round[] = [];
    for (let round = 0; round <= bench.options.rounds; round++) {
      bench.say(`sign-ins: round ${round} of ${bench.options.rounds}`);
      const before = usageOf(pid);
      const seconds = Number(await ask(`sign-in ${count} ${AT_ONCE}`));
      const after = usageOf(pid);
      const cpu = before === null || after === null ? null : ((after.cpu - before.cpu) * 1000) / count;
      if (round > 0) found.push({ cpu, perMinute: (count * 60) / seconds });
    }
    return figures(found, bench);
  },
};

function figures(rounds: readonly Round[], { options }: Bench): Figure[] {
  const isWhole = options.scale >= 1;
  return [
    {
      case: 'sign-ins',
      name: 'CPU of one sign-in',
      value: medianOrNull(rounds.map(({ cpu }) => cpu)),
      unit: 'ms',
      target: isWhole ? most(SHARE) : null,
    },
    {
      case: 'sign-ins',
      name: 'sign-ins beside provider and browsers',
      value: median(rounds.map(({ perMinute }) => perMinute)),
      unit: 'sign-ins/min',
      target: isWhole ? least(1000) : null,
    },
  ];
}

function resources(issuerURL: string, url: string): string {
  const provider = { oidc: { issuerURL, clientID: CLIENT_ID, clientSecret: { fromSecret: 'provider-client' } } };
  return yaml(
    { kind: 'Secret', metadata: { name: 'provider-client' }, spec: {}, data: { value: CLIENT_SECRET } },
    { kind: 'IdentityProvider', metadata: { name: 'bench' }, spec: provider },
    { kind: 'Group', metadata: { name: 'prod' }, spec: {} },
    ...PEOPLE.map(({ kind, metadata, spec }) => ({ kind, metadata: { name: metadata.name }, spec })),
    {
      kind: 'Service',
      metadata: { name: 'app' },
      spec: { mode: 'HTTP', isPublic: true, config: { upstream: { url } }, authorization: ALLOWED },
    },
  );
}

const ALLOWED = {
  inlinePolicies: [{ name: 'all', spec: { rules: [{ effect: 'ALLOW', condition: { matchAny: true } }] } }],
};
