import type { Explanation } from '../admin/explanation.ts';
import { printableValue } from './printable-value.ts';
import { type Paint, table } from './table.ts';

type RuleTrace = NonNullable<Explanation['rules']>['rules'][number];
type Rules = NonNullable<Explanation['rules']>;
type ConditionTrace = NonNullable<RuleTrace['condition']>;
type Part = ConditionTrace['parts'][number];

export interface ExplainTextOptions {
  /** The conditions of all rules that were looked at, not of the deciding one alone. */
  readonly all: boolean;
  readonly paint: Paint;
}

/** An explanation for people, top down: the answer, then what led to it. */
export function explanationText(given: Explanation, options: ExplainTextOptions): string {
  const explanation = printableValue(given);
  const sections = [
    headText(explanation, options.paint),
    checksText(explanation, options.paint),
    explanation.rules === null ? '' : rulesText('rules', explanation.rules, options),
    explanation.shadow === null
      ? ''
      : rulesText('rules with the shadow policies enforced', explanation.shadow, options),
    configText(explanation, options),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function headText(
  { request, asker, service, effect, reason, detail, decision, generation }: Explanation,
  paint: Paint,
) {
  const by = decision?.policy == null ? '' : ` by ${nameOf(decision)}`;
  const lines = [
    `${paint[effect](effect.toUpperCase())}  ${reason}${by}`,
    ...(detail === null ? [] : [`  ${detail}`]),
    `  request   ${request.method} ${request.url}`,
    `  from      ${request.clientAddress} at ${request.time}`,
    `  user      ${askerText(asker)}`,
    `  service   ${service ?? 'none answers'} (generation ${generation})`,
  ];
  return `${lines.join('\n')}\n`;
}

function nameOf({ policy, rule }: { readonly policy: string | null; readonly rule: string | null }): string {
  return [policy, rule].filter((part) => part !== null).join('/');
}

function askerText({ user, groups, sessionType }: Explanation['asker']): string {
  if (user === null) return 'nobody is signed in';
  const of = groups.length === 0 ? 'in no group' : `in ${groups.join(', ')}`;
  return `${user}, ${of}, session ${sessionType}`;
}

function checksText({ checks }: Explanation, paint: Paint): string {
  const failed = checks.find(({ holds }) => !holds);
  if (checks.length === 0) return '';
  if (failed === undefined) return `checks\n  all ${checks.length} hold\n`;
  return `checks\n${checks.map(({ check, holds }) => `  ${holds ? paint.allow('holds') : paint.deny('fails')}  ${check}\n`).join('')}`;
}

/** What the table says, and what it means. */
const OUTCOMES: Readonly<Record<RuleTrace['outcome'], readonly [shown: string, meaning: string]>> = {
  matched: ['match', 'the condition holds: this rule decides'],
  'no-match': ['no match', 'the condition does not hold'],
  missing: ['missing', 'the condition reads something that is not there: ALLOW does not match, DENY denies'],
  error: ['error', 'the condition cannot be evaluated: the request is denied'],
  cost: ['too much', 'the condition takes more than it may: the request is denied'],
  ignored: ['ignored', 'the enforcement rules of its policy say that it does not count'],
  open: ['open', 'whether its policy counts cannot be said: ALLOW does not match'],
  unread: ['not reached', 'it was decided before'],
};

function rulesText(title: string, rules: Rules, options: ExplainTextOptions): string {
  if (rules.rules.length === 0) return `${title}\n  none is attached\n`;
  const rows = rules.rules.map((rule) => rowOf(rule, options.paint));
  const text = table(['', 'policy', 'rule', 'effect', 'priority', 'result', 'time'], rows);
  return `${title}, in the order in which they are looked at\n${text}${legend(rules)}${conditionsText(rules, options)}`;
}

function rowOf(rule: RuleTrace, paint: Paint): string[] {
  const { policy, effect, priority, outcome, decides, microseconds } = rule;
  const time = microseconds === null ? '' : `${microseconds.toFixed(1)} µs`;
  const mark = decides ? '>' : '';
  const shown = OUTCOMES[outcome][0];
  const painted = decides ? paint[effect](shown) : outcome === 'unread' ? paint.faint(shown) : shown;
  return [mark, policy, rule.rule, effect.toUpperCase(), String(priority), painted, time];
}

function legend({ rules }: Rules): string {
  const used = new Set(rules.map(({ outcome }) => outcome));
  const lines = Object.entries(OUTCOMES).filter(([outcome]) => used.has(outcome as RuleTrace['outcome']));
  return lines.map(([, [shown, meaning]]) => `    ${shown}: ${meaning}\n`).join('');
}

/** Of the deciding rule; of every rule that was looked at when that is wanted or none decides. */
function conditionsText(rules: Rules, options: ExplainTextOptions): string {
  const deciding = rules.rules.find(({ decides }) => decides);
  const isAll = options.all || deciding === undefined;
  const enforcement = rules.policies.filter(({ policy }) => isAll || policy === deciding.policy);
  const conditions = rules.rules.filter(({ condition, decides }) => condition !== null && (isAll || decides));
  return [
    ...enforcement.map((policy) => enforcementText(policy, options.paint)),
    ...conditions.map((rule) => `\ncondition of ${nameOf(rule)}\n${conditionText(rule.condition!, options.paint)}`),
  ].join('');
}

function enforcementText({ policy, applies, enforcement }: Rules['policies'][number], paint: Paint): string {
  const conditions = enforcement.map(({ effect, condition }) => `  ${effect}\n${conditionText(condition, paint, 2)}`);
  const counts = APPLIES[String(applies)] ?? 'may count or not';
  return `\nenforcement rules of ${policy}: it ${counts}\n${conditions.join('')}`;
}

const APPLIES: Readonly<Record<string, string>> = { true: 'counts', false: 'does not count' };

/** Each part of a condition with what it gave, indented by depth. */
function conditionText(trace: ConditionTrace, paint: Paint, indent = 1): string {
  const own = trace.parts.length === 0 || trace.form !== 'match';
  const head = own ? `${'  '.repeat(indent)}${trace.form}: ${truthText(trace.truth, paint)}\n` : '';
  const inner = own ? indent + 1 : indent;
  const parts = trace.parts.length === 0 ? '' : partsText(trace.parts, inner, paint);
  return head + parts + trace.conditions.map((part) => conditionText(part, paint, inner)).join('');
}

function truthText(truth: ConditionTrace['truth'], paint: Paint): string {
  if (typeof truth === 'boolean') return truth ? paint.allow('true') : 'false';
  return paint.deny(`${truth.kind}: ${truth.message}`);
}

const WIDEST = 72;

function partsText(parts: readonly Part[], indent: number, paint: Paint): string {
  const texts = parts.map(({ text, depth }) => `${'  '.repeat(indent + depth)}${text}`);
  const width = Math.min(WIDEST, Math.max(...texts.map((text) => text.length)));
  return texts.map((text, i) => `${text.padEnd(width)}  ${valueText(parts[i]!, paint)}\n`).join('');
}

function valueText({ state, shown }: Part, paint: Paint): string {
  if (state === 'unread') return paint.faint('not evaluated');
  return state === 'value' ? `= ${shown}` : paint.deny(`${state}: ${shown}`);
}

function configText({ config }: Explanation, { all, paint }: ExplainTextOptions): string {
  if (config === null || (config.rules.length === 0 && config.name === 'default')) return '';
  const chosen = config.rules.findIndex((rule) => rule?.truth === true);
  const by = chosen < 0 ? 'no rule of the dynamic config matches' : `rules[${chosen}] of the dynamic config matches`;
  const shown = config.rules.flatMap((rule, i) => (rule !== null && (all || i === chosen) ? [{ rule, i }] : []));
  const conditions = shown.map(({ rule, i }) => `  condition of rules[${i}]\n${conditionText(rule, paint, 2)}`);
  const name = config.split?.isDrawn === true ? 'drawn for each request' : (config.name ?? 'none fits');
  return `config\n  ${name}: ${by}\n${splitText(config.split)}${conditions.join('')}`;
}

/** Shares of a split as parts of a hundred, which weights need not be. */
function splitText(split: NonNullable<Explanation['config']>['split']): string {
  if (split === null) return '';
  const total = split.shares.reduce((sum, { weight }) => sum + weight, 0);
  const shares = split.shares.map(({ name, weight }) => `${name} ${percent(weight / total)} %`);
  return `  split by ${split.stickyBy ?? 'nothing'}: ${shares.join(', ')}\n`;
}

function percent(share: number): string {
  return String(Number((100 * share).toFixed(2)));
}
