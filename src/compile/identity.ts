import { Directory } from '../../identity/directory/directory.ts';
import { compileAuthentication } from '../../policies/authentication.ts';
import type { Engine } from '../../policies/engine.ts';
import { compileFactorRules, type FactorRules } from '../../policies/factor-rules.ts';
import { FieldNames } from '../base/field-names.ts';
import type { CompiledSnapshot } from '../gateway/snapshot.ts';
import { assertionHeaders, type Service } from '../model/index.ts';
import { expressionProblems } from './problem.ts';
import type { Report } from './report.ts';
import type { Standing } from './standing.ts';

type IdentityParts = Pick<
  CompiledSnapshot,
  'directory' | 'identityProviders' | 'authentication' | 'factorRules' | 'identityFields'
>;

/** What the identity layer needs of a snapshot. */
export function compileIdentity(standing: Standing, engine: Engine, report: Report): IdentityParts {
  return {
    directory: new Directory(
      standing.users(),
      standing.working('Group', 'kept'),
      standing.working('Credential'),
      standing.clusterConfig.spec.session,
    ),
    ...compileProviders(standing, report),
    factorRules: factorRules(standing, engine, report),
    ...identityFields(standing),
  };
}

/** Nobody signs in at a provider whose rules cannot work. */
function compileProviders(
  standing: Standing,
  report: Report,
): Pick<IdentityParts, 'identityProviders' | 'authentication'> {
  const providers = standing.working('IdentityProvider');
  const { rules, problems } = compileAuthentication(providers, Date.now);
  for (const { provider, path, line, column, message, suggestion } of problems) {
    const sourced = standing.resources.get('IdentityProvider', provider.metadata.name)!;
    report.error(sourced, { path, message, suggestion, inText: { line, column } });
  }
  const faulty = new Set(problems.map(({ provider }) => provider));
  const enabled = providers.filter((provider) => provider.spec.isDisabled !== true && !faulty.has(provider));
  return { identityProviders: enabled, authentication: rules };
}

function factorRules({ resources }: Standing, engine: Engine, report: Report): FactorRules {
  const sourced = resources.get('ClusterConfig', 'default')!;
  const { rules, problems } = compileFactorRules(sourced.resource.spec.authenticator, engine);
  for (const found of expressionProblems(['spec', 'authenticator'], problems)) report.error(sourced, found);
  return rules;
}

/** Those of broken Services too: another one may lead to the same upstream. */
function identityFields({ resources, broken }: Standing): Pick<CompiledSnapshot, 'identityFields'> {
  const sound = resources.list('Service').map(({ resource }) => resource);
  const unsound = broken.flatMap(({ resource }) => (resource?.kind === 'Service' ? [resource] : []));
  const names = [...sound, ...unsound].flatMap(identityHeadersOf);
  return names.length === 0 ? {} : { identityFields: new FieldNames(names) };
}

function identityHeadersOf({ spec: { config, dynamicConfig } }: Service): string[] {
  return [config, ...(dynamicConfig?.configs ?? [])].flatMap((one) => {
    const assertion = one?.http?.identityAssertion;
    return assertion === undefined ? [] : assertionHeaders(assertion);
  });
}
