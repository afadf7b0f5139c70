import { didYouMean } from '../../base/suggest.ts';
import { namespaceOf } from '../names.ts';
import type { Service, ServiceSpec } from '../service/service.ts';
import { quote } from '../validate/describe.ts';
import { logoFormat } from '../validate/formats/logo.ts';
import { type Problem, problem } from '../validate/problem.ts';
import { checkAcceptedTokens } from './accepted-tokens.ts';
import { checkAccessRequests } from './access-requests.ts';
import type { Checked, ResourceCheck } from './checker.ts';
import { checkConfigs } from './configs.ts';
import { checkGrpc } from './grpc.ts';
import { checkIdentityAssertions } from './identity-assertion.ts';
import { isThere } from './references.ts';

/** How the fields of a Service go together (octelium.md §1.14). */
export const checkService: ResourceCheck<Service> = ({ metadata, spec }, all) => [
  ...checkNamespace(metadata.name, all),
  ...checkPicture(metadata),
  ...checkAnonymous(spec),
  ...checkAccessRequests(spec.authorization?.accessRequests),
  ...checkHosts(spec),
  ...checkConfigs(spec),
  ...checkGrpc(spec),
  ...checkIdentityAssertions(spec),
  ...checkAcceptedTokens(spec, all),
];

function checkNamespace(name: string, all: Checked): Problem[] {
  const namespace = namespaceOf(name);
  if (isThere('Namespace', namespace, all)) return [];
  const known = all.set.list('Namespace').map(({ resource }) => resource.metadata.name);
  const message = `there is no Namespace ${quote(namespace)}`;
  return [problem(['metadata', 'name'], message, { suggestion: didYouMean(namespace, known) })];
}

/** The portal loads nothing from other hosts, which would learn who looks at it. */
function checkPicture({ picURL }: Service['metadata']): Problem[] {
  const found = picURL === undefined ? null : logoFormat(picURL);
  if (found === null) return [];
  const suggestion = found.suggestion ?? 'make it smaller: it is shown 46 pixels wide';
  return [problem(['metadata', 'picURL'], `of a Service, a data: URL: ${found.message}`, { suggestion })];
}

function checkAnonymous(spec: ServiceSpec): Problem[] {
  const anonymous = spec.isAnonymous === true;
  const { authorization } = spec;
  const enabled = authorization?.enableAnonymous === true;
  const problems: Problem[] = [];
  if (anonymous && spec.isPublic !== true) {
    problems.push(problem(['spec', 'isAnonymous'], 'needs isPublic: true', { at: 'key' }));
  }
  if (anonymous && authorization !== undefined && !enabled) {
    const message = 'has no effect on an anonymous Service without enableAnonymous: true';
    problems.push(problem(['spec', 'authorization'], message, { at: 'key' }));
  }
  if (enabled && authorization?.accessRequests !== undefined) {
    const at = ['spec', 'authorization', 'accessRequests'];
    problems.push(problem(at, 'has no effect on an anonymous Service', { at: 'key' }));
  }
  if (!anonymous && enabled) {
    problems.push(problem(['spec', 'authorization', 'enableAnonymous'], 'needs isAnonymous: true', { at: 'key' }));
  }
  return problems;
}

function checkHosts(spec: ServiceSpec): Problem[] {
  if (spec.hosts === undefined || spec.isPublic === true) return [];
  return [problem(['spec', 'hosts'], 'has no effect without isPublic: true', { at: 'key', severity: 'warning' })];
}
