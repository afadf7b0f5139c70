import type { ClientCertificate } from '../../gateway/exchange.ts';
import type { PluginDeps } from '../deps.ts';
import type { CertificateRule } from './schema.ts';

/** A rule that can be met: everything that it names must be so. */
export interface Rule {
  readonly user: string;
  readonly meets: (certificate: ClientCertificate) => boolean;
}

type Test = Rule['meets'];

/** What each field asks of a certificate. Names are compared as DNS and mail have them, the rest to the letter. */
const TESTS: Readonly<Record<Exclude<keyof CertificateRule, 'user'>, (wanted: string) => Test>> = {
  subject:
    (wanted) =>
    ({ subject }) =>
      subject === wanted,
  issuer:
    (wanted) =>
    ({ issuer }) =>
      issuer === wanted,
  fingerprint: (wanted) => {
    const bare = normalFingerprint(wanted);
    return ({ fingerprint }) => fingerprint === bare;
  },
  dnsName: (wanted) => {
    const lower = wanted.toLowerCase();
    return ({ dnsNames }) => dnsNames.some((name) => name.toLowerCase() === lower);
  },
  email: (wanted) => {
    const lower = wanted.toLowerCase();
    return ({ emails }) => emails.some((name) => name.toLowerCase() === lower);
  },
  uri:
    (wanted) =>
    ({ uris }) =>
      uris.includes(wanted),
};

const FIELDS = Object.keys(TESTS) as (keyof typeof TESTS)[];

export function compileRules(rules: readonly CertificateRule[], deps: PluginDeps): Rule[] {
  return rules.map((rule, i) => {
    checkRule(rule, i, deps);
    const tests = FIELDS.flatMap((name) => (rule[name] === undefined ? [] : TESTS[name](rule[name])));
    return { user: rule.user, meets: (certificate) => tests.length > 0 && tests.every((test) => test(certificate)) };
  });
}

/** The issuer alone is no one in particular, and an empty text is what a certificate without a name has. */
function checkRule(rule: CertificateRule, at: number, { mistake }: PluginDeps): void {
  const named = FIELDS.filter((name) => rule[name] !== undefined);
  if (named.every((name) => name === 'issuer')) {
    mistake(
      ['rules', at],
      'every certificate of that authority would be this User',
      'add subject, uri or another field',
    );
  }
  for (const name of named) if (rule[name] === '') mistake(['rules', at, name], 'this is empty');
  if (rule.fingerprint !== undefined && !/^[0-9a-f]{64}$/.test(normalFingerprint(rule.fingerprint))) {
    mistake(['rules', at, 'fingerprint'], 'this is not a SHA-256 fingerprint', 'openssl x509 -fingerprint -sha256');
  }
}

function normalFingerprint(text: string): string {
  return text.replaceAll(':', '').toLowerCase();
}
