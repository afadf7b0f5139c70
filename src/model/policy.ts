import { Condition } from './condition.ts';
import { resource } from './resource.ts';
import { attrs, Bool, isDisabled, OpenStatus, text, whole, words } from './scalars.ts';
import { field, list, required, type Static, strict } from './schema.ts';

export const Rule = strict({
  name: field(text(128), 'Named in the log when it decides.'),
  condition: required(Condition, 'When the rule matches.'),
  effect: required(words('ALLOW', 'DENY'), 'What a match says.'),
  priority: field(
    whole(-4, 4),
    'Lower is looked at earlier; 0 when left out. DENY comes before ALLOW at one priority.',
  ),
});
export type Rule = Static<typeof Rule>;

export const EnforcementRule = strict({
  condition: required(Condition, 'When this decides whether the Policy applies.'),
  effect: required(
    words('ENFORCE', 'IGNORE'),
    'ENFORCE keeps the Policy; IGNORE skips it unless another rule keeps it.',
  ),
});
export type EnforcementRule = Static<typeof EnforcementRule>;

export const PolicySpec = strict({
  rules: field(list(Rule, 100), 'The first match by priority decides; nothing matches: deny.'),
  enforcementRules: field(list(EnforcementRule, 100), 'Whether the Policy applies at all.'),
  attrs,
  isDisabled,
  description: field(text(1024), 'What it is for.'),
  shadow: field(Bool, 'Evaluated, logged and counted, never enforced.'),
});
export type PolicySpec = Static<typeof PolicySpec>;

export const InlinePolicy = strict({
  name: field(text(128), 'Named in the log when it decides.'),
  spec: required(PolicySpec, 'As in a Policy.'),
});
export type InlinePolicy = Static<typeof InlinePolicy>;

export const Policy = resource('Policy', PolicySpec, OpenStatus);
export type Policy = Static<typeof Policy>;
