import { KINDS, type Kind } from '../kinds.ts';
import { NAME_RULE, NAME_RULE_IN_WORDS } from '../scalars.ts';
import { quote } from './describe.ts';
import { type Problem, problem } from './problem.ts';

const PATH = ['metadata', 'name'];
const MOST_CHARACTERS = 128;

/** The name rule of a kind (octelium.md §1.1). */
export function nameProblems(kind: Kind, name: string): Problem[] {
  if (kind === 'ClusterConfig') return clusterConfigName(name);
  const parts = name.split('.');
  const { nameParts } = KINDS[kind];
  if (parts.length > nameParts) return [problem(PATH, dotsMessage(kind, name), { suggestion: nameHint(kind) })];
  if (name.length > MOST_CHARACTERS) return [problem(PATH, `a name can have ${MOST_CHARACTERS} characters`)];
  const bad = parts.find((part) => !NAME_RULE.test(part));
  if (bad === undefined) return [];
  const found = parts.length > 1 ? `${quote(bad)} in ${quote(name)}` : quote(name);
  return [problem(PATH, `expected ${NAME_RULE_IN_WORDS}, found ${found}`, { suggestion: nearName(bad) })];
}

function clusterConfigName(name: string): Problem[] {
  return name === 'default' ? [] : [problem(PATH, 'there is one ClusterConfig, and its name is "default"')];
}

function dotsMessage(kind: Kind, name: string): string {
  const { nameParts } = KINDS[kind];
  const dots = nameParts === 1 ? 'no dot' : nameParts === 2 ? 'one dot' : `${nameParts - 1} dots`;
  return `the name of a ${kind} can have ${dots}, found ${quote(name)}`;
}

function nameHint(kind: Kind): string | null {
  return kind === 'Service' ? 'such as api, or api.prod in the Namespace prod' : null;
}

function nearName(name: string): string | null {
  const near = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  return NAME_RULE.test(near) ? `such as "${near}"` : null;
}
