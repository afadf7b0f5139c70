import { Type } from 'typebox';
import { CelSource, Condition, Opa, type OpaSource, REGO_LENGTH } from '../condition.ts';
import { LocalName, OpenStatus, SimpleName, text } from '../scalars.ts';
import { annotate, field, list, planned, required, type Static, strict, typed } from '../schema.ts';
import { ConfigSplit } from './config-split.ts';
import { HttpRules } from './http.ts';
import { ConfigUpstream, OldClientCertificate, UPSTREAM_FORMS, UpstreamTls } from './upstream.ts';

const fields = {
  parent: field(LocalName, 'The config that this one is laid over: `default` or a named one.'),
  tls: field(UpstreamTls, 'TLS towards the upstream.'),
  http: field(HttpRules, 'What is done to requests and answers.'),
  clientCertificate: field(OldClientCertificate, 'The older form of tls; what it says wins.'),
  mcp: planned(OpenStatus, 'mode MCP'),
  llm: planned(OpenStatus, 'mode LLM'),
};

/** One set of upstream and rules. The default config has no name, or `default`. */
export const ServiceConfig = strict({
  name: field(SimpleName, '`default`, or left out.'),
  upstream: field(annotate(ConfigUpstream, { 'x-exactly-one': [UPSTREAM_FORMS] }), 'Where requests go.'),
  ...fields,
});
export type ServiceConfig = Static<typeof ServiceConfig>;

export const NamedConfig = strict({
  name: required(SimpleName, 'What rules call it.'),
  upstream: field(ConfigUpstream, 'Where requests go.'),
  ...fields,
});
export type NamedConfig = Static<typeof NamedConfig>;

/** Rego, as text or where `opa` of a condition has it. */
const RuleOpa = annotate(typed<string | OpaSource>(Type.Union([text(REGO_LENGTH), Opa])), {
  'x-exactly-one': [['inline', 'bundle', 'remote']],
  'x-expected': 'Rego, {inline: …}, {bundle: …, entrypoint: …} or {remote: …, path: …}',
});

/** A config that a rule computes. */
export const ComputedConfig = strict({
  name: field(SimpleName, 'What the log calls it.'),
  upstream: field(annotate(ConfigUpstream, { 'x-exactly-one': [UPSTREAM_FORMS] }), 'Where requests go.'),
  ...fields,
});

/** Which config a request gets: the first rule that matches decides. */
export const ConfigRule = strict(
  {
    condition: required(Condition, 'When the rule matches.'),
    configName: field(LocalName, 'The config to use; `default` for the default config.'),
    eval: field(CelSource, 'CEL that gives the config itself, as a map.'),
    opa: field(RuleOpa, 'A policy in Rego that gives the config itself: `result` of `package octelium.eval`.'),
    split: field(ConfigSplit, 'Several configs, each for a share of the requests.'),
  },
  { 'x-exactly-one': [['configName', 'eval', 'opa', 'split']] },
);
export type ConfigRule = Static<typeof ConfigRule>;

export const DynamicConfig = strict({
  configs: field(annotate(list(NamedConfig, 1000), { 'x-unique-by': 'name' }), 'Named configs.'),
  rules: field(list(ConfigRule, 1000), 'In order; no match: the default config.'),
});
export type DynamicConfig = Static<typeof DynamicConfig>;
