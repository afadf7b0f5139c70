/** The native language: what the stores keep, the admin API edits and the compiler reads. */

export { type AccessRules, accessRulesOf, LONGEST_GRANT_MS } from './access-requests.ts';
export type { Authenticator } from './authenticator.ts';
export type { Authorization, ServiceAuthorization } from './authorization.ts';
export type { Branding } from './branding.ts';
export { asBroken } from './broken.ts';
export { BUILT_IN_POLICIES, isBuiltInPolicy } from './built-ins.ts';
export { type CheckOptions, checkAll, checkSome } from './check/check-all.ts';
export { type ComputedConfigResult, readComputedConfig } from './check/computed-config.ts';
export { type Refused, refuseFaulty } from './check/refuse-faulty.ts';
export type { ClusterConfig, ClusterConfigSpec } from './cluster-config.ts';
export type { Condition, Conditions } from './condition.ts';
export type { Config } from './config.ts';
export type { Credential, CredentialSpec } from './credential.ts';
export type { Device } from './device.ts';
export type { TextExpression } from './expression.ts';
export type { Group, GroupSpec } from './group.ts';
export type {
  Github,
  GroupMapping,
  GroupRule,
  IdentityProvider,
  IdentityProviderSpec,
  OidcIdentityToken,
  OidcProvider,
  SamlProvider,
} from './identity-provider.ts';
export { documentSchema, jsonSchema } from './json-schema.ts';
export {
  findKind,
  isKind,
  KIND_NAMES,
  KINDS,
  type Kind,
  type KindInfo,
  type Resource,
  type ResourceOf,
} from './kinds.ts';
export type { Metadata } from './metadata.ts';
export { canonicalName, DEFAULT_NAMESPACE, namespaceOf, policyParents, resourceKey } from './names.ts';
export type { Namespace, NamespaceSpec } from './namespace.ts';
export type { OpaBundle, OpaRemote, OpaSettings } from './opa.ts';
export type { EnforcementRule, InlinePolicy, Policy, PolicySpec, Rule } from './policy.ts';
export { ResourceSet } from './resource-set.ts';
export { readSamlMetadata, type SamlMetadata, type SamlMetadataReading } from './saml-metadata.ts';
export type { Duration, FromSecret } from './scalars.ts';
export type { Annotations } from './schema.ts';
export { isScope } from './scope.ts';
export type { Secret } from './secret.ts';
export { secretData } from './secret.ts';
export type { AcceptedJwt, AcceptedToken, Introspection } from './service/accepted-tokens.ts';
export type {
  ClientCredentials,
  HttpAuth,
  QueryAuth,
  SignedJwt,
  Sigv4,
  TokenExchange,
} from './service/auth.ts';
export type { ConfigRule, DynamicConfig, NamedConfig, ServiceConfig } from './service/config.ts';
export type { ConfigSplit, StickyBy, StickyWord } from './service/config-split.ts';
export type { Container } from './service/container.ts';
export type { AddHeader, HeaderRules, HostHeader } from './service/headers.ts';
export {
  type BodyRules,
  type DirectResponse,
  type HttpRules,
  MOST_BUFFERED_BYTES,
  type RetryRules,
} from './service/http.ts';
export { assertionHeaders, type IdentityAssertion } from './service/identity-assertion.ts';
export type { PathMatch, RouteMatch } from './service/match.ts';
export { mergeConfig } from './service/merge-config.ts';
export { PLUGIN_NAMES, type ServicePlugin } from './service/plugin.ts';
export type { Service, ServiceMode, ServiceSpec } from './service/service.ts';
export type {
  ConfigUpstream,
  HealthCheck,
  LoadBalance,
  UpstreamLimits,
  UpstreamTimeouts,
  UpstreamTls,
} from './service/upstream.ts';
export type { NamedRef, Session, SessionSpec, SessionStatus } from './session.ts';
export type { SessionSettings } from './session-settings.ts';
export type { BrokenResource, KeyPath, Source, Sourced, SourcedResource } from './source.ts';
export { builtInSource, isStandInName, plainSource, standInName } from './source.ts';
export type { User, UserIdentity, UserSpec } from './user.ts';
