import { Type } from 'typebox';
import { CelSource, Condition, Opa } from '../condition.ts';
import { LocalName, OpenStatus, SimpleName } from '../scalars.ts';
import { annotate, field, list, planned, required, type Static, strict } from '../schema.ts';
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

/** Which config a request gets: the first rule that matches decides. */
export const ConfigRule = strict(
  {
    condition: required(Condition, 'When the rule matches.'),
    configName: field(LocalName, 'The config to use; `default` for the default config.'),
    eval: planned(CelSource, 'computed configs'),
    opa: planned(Type.Union([Type.String(), Opa]), 'computed configs'),
  },
  { 'x-exactly-one': [['configName', 'eval', 'opa']] },
);
export type ConfigRule = Static<typeof ConfigRule>;

export const DynamicConfig = strict({
  configs: field(annotate(list(NamedConfig, 1000), { 'x-unique-by': 'name' }), 'Named configs.'),
  rules: field(list(ConfigRule, 1000), 'In order; no match: the default config.'),
});
export type DynamicConfig = Static<typeof DynamicConfig>;
