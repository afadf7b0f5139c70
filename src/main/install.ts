import { readFileSync } from 'node:fs';
import { type Static, Type } from 'typebox';
import { formatDiagnostic } from '../base/diagnostic.ts';
import { AppError, fileProblem } from '../base/errors.ts';
import { readYaml } from '../dialects/yaml.ts';
import { locateProblem } from '../model/validate/problem.ts';
import { validateAgainst } from '../model/validate/validate.ts';
import type { GeoInstall } from './geo.ts';
import { type TlsInstall, TlsSettings, tlsInstall, tlsSettings } from './install-tls.ts';
import {
  limitSettings,
  mergedLimits,
  PROCESS_SETTINGS,
  type ProcessInstall,
  processInstall,
} from './process-settings.ts';
import { type RedisInstall, RedisSettings, redisInstall, redisSettings } from './redis-install.ts';

/** What a gateway needs to start; everything else is configuration that changes while it runs. */
export interface InstallConfig extends ProcessInstall, GeoInstall {
  /** The apex: the auth host is this name, Services are below it. */
  readonly domain: string;
  readonly listen: readonly HostPort[];
  /** `null`: listeners speak plain HTTP. */
  readonly tls: TlsInstall | null;
  /** Where plain HTTP is answered by redirects to the first listener. */
  readonly redirectListen: HostPort | null;
  readonly adminListen: HostPort | null;
  readonly data: string;
  /** The program that compiles Rego: a path, or a name that is looked up in PATH. */
  readonly opa: string;
  /** Files and directories with resources. */
  readonly files: readonly string[];
  /** Directories with plugins of the installation's own. */
  readonly plugins: readonly string[];
  /** `HOST:PORT:ADDR:PORT`, as in curl. */
  readonly resolve: readonly string[];
  /** `-` for standard output, or a path. */
  readonly accessLog: string;
  /** The plugin `fault` may be used. */
  readonly allowFaultInjectionThatBreaksRequestsOnPurpose: boolean;
  /** What is shared with other gateways; `null`: nothing. */
  readonly redis: RedisInstall | null;
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const texts = Type.Array(Type.String());

const InstallFile = Type.Object(
  {
    domain: Type.Optional(Type.String()),
    listen: Type.Optional(texts),
    tls: Type.Optional(TlsSettings),
    redirectListen: Type.Optional(Type.String()),
    adminListen: Type.Optional(Type.String()),
    data: Type.Optional(Type.String()),
    opa: Type.Optional(Type.String()),
    geoipDatabase: Type.Optional(Type.String()),
    geoipAsnDatabase: Type.Optional(Type.String()),
    files: Type.Optional(texts),
    plugins: Type.Optional(texts),
    resolve: Type.Optional(texts),
    accessLog: Type.Optional(Type.String()),
    allowFaultInjectionThatBreaksRequestsOnPurpose: Type.Optional(Type.Boolean()),
    redis: Type.Optional(RedisSettings),
    ...PROCESS_SETTINGS,
  },
  { additionalProperties: false },
);

/** The same names in the file (`-c`), as flags and as `OSTIARY_*` variables. */
export type InstallSettings = Static<typeof InstallFile>;

export const DEFAULTS = {
  domain: 'localhost',
  listen: ['127.0.0.1:8080'],
  adminListen: '127.0.0.1:9080',
  data: './data',
  opa: 'opa',
  accessLog: '-',
} as const;

/** A flag goes before a variable, a variable before the file, the file before the default. */
export function installConfig(flags: InstallSettings, env: Env, file: InstallSettings): InstallConfig {
  const variables = fromEnvironment(env);
  const all: InstallSettings = { ...file, ...variables, ...flags };
  const tls = tlsInstall([file.tls, variables.tls, flags.tls]);
  const adminListen = all.adminListen ?? DEFAULTS.adminListen;
  return {
    domain: canonicalDomain(all.domain ?? DEFAULTS.domain),
    listen: (all.listen ?? DEFAULTS.listen).map(hostPort),
    tls,
    redirectListen: redirectListen(all.redirectListen, tls),
    adminListen: adminListen === 'off' ? null : hostPort(adminListen),
    data: all.data ?? DEFAULTS.data,
    opa: all.opa ?? DEFAULTS.opa,
    geoipDatabase: all.geoipDatabase ?? null,
    geoipAsnDatabase: all.geoipAsnDatabase ?? null,
    files: all.files ?? [],
    plugins: all.plugins ?? [],
    resolve: all.resolve ?? [],
    accessLog: all.accessLog ?? DEFAULTS.accessLog,
    allowFaultInjectionThatBreaksRequestsOnPurpose: all.allowFaultInjectionThatBreaksRequestsOnPurpose ?? false,
    redis: redisInstall([file.redis, variables.redis, flags.redis]),
    ...processInstall({ ...all, limits: mergedLimits([file.limits, variables.limits, flags.limits]) }),
  };
}

function redirectListen(address: string | undefined, tls: TlsInstall | null): HostPort | null {
  if (address === undefined) return null;
  if (tls === null)
    throw new AppError('usage', 'redirecting to HTTPS needs a listener that speaks it: give a certificate');
  return hostPort(address);
}

type Env = Readonly<Record<string, string | undefined>>;

function fromEnvironment(env: Env): InstallSettings {
  const one = (name: string) => (env[name] === undefined || env[name] === '' ? undefined : env[name]);
  const many = (name: string) =>
    one(name)
      ?.split(',')
      .map((part) => part.trim());
  return defined({
    domain: one('OSTIARY_DOMAIN'),
    listen: many('OSTIARY_LISTEN'),
    tls: tlsSettings({
      cert: one('OSTIARY_TLS_CERT'),
      key: one('OSTIARY_TLS_KEY'),
      clientCa: one('OSTIARY_TLS_CLIENT_CA'),
      clientCertificate: one('OSTIARY_TLS_CLIENT_CERTIFICATE'),
    }),
    redirectListen: one('OSTIARY_REDIRECT_LISTEN'),
    adminListen: one('OSTIARY_ADMIN_LISTEN'),
    data: one('OSTIARY_DATA'),
    opa: one('OSTIARY_OPA'),
    geoipDatabase: one('OSTIARY_GEOIP_DATABASE'),
    geoipAsnDatabase: one('OSTIARY_GEOIP_ASN_DATABASE'),
    files: many('OSTIARY_FILES'),
    plugins: many('OSTIARY_PLUGINS'),
    resolve: many('OSTIARY_RESOLVE'),
    accessLog: one('OSTIARY_ACCESS_LOG'),
    allowFaultInjectionThatBreaksRequestsOnPurpose: yesOrNo(
      'OSTIARY_ALLOW_FAULT_INJECTION_THAT_BREAKS_REQUESTS_ON_PURPOSE',
      one('OSTIARY_ALLOW_FAULT_INJECTION_THAT_BREAKS_REQUESTS_ON_PURPOSE'),
    ),
    redis: redisSettings({
      url: one('OSTIARY_REDIS'),
      urlFile: one('OSTIARY_REDIS_FILE'),
      key: one('OSTIARY_REDIS_KEY'),
      keyFile: one('OSTIARY_REDIS_KEY_FILE'),
      timeout: one('OSTIARY_REDIS_TIMEOUT'),
    }),
    workers: one('OSTIARY_WORKERS'),
    drain: one('OSTIARY_DRAIN'),
    limits: limitSettings([one('OSTIARY_LIMITS_CONNECTIONS'), one('OSTIARY_LIMITS_CONNECTIONS_PER_ADDRESS')]),
  });
}

function yesOrNo(name: string, value: string | undefined): boolean | undefined {
  if (value === undefined || value === 'true' || value === 'false')
    return value === undefined ? value : value === 'true';
  throw new AppError('usage', `${name}: "${value}" is not true or false`);
}

type Undefinable<T> = { [K in keyof T]?: T[K] | undefined };

/** Without the keys that have no value, so that spreading them overrides nothing. */
export function defined(settings: Undefinable<InstallSettings>): InstallSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** @throws AppError with every mistake of the file, located. */
export function readInstallFile(path: string): InstallSettings {
  const { documents, syntaxErrors } = readYaml(readText(path), path);
  const [document, another] = documents;
  if (syntaxErrors.length > 0) throw new AppError('invalid', syntaxErrors.map(formatDiagnostic).join('\n'));
  if (document === undefined) return {};
  if (another !== undefined) throw new AppError('invalid', `${path}: one document is expected, there are several`);
  const located = validateAgainst(InstallFile, document.value).map((one) => locateProblem(one, document.source, null));
  const mistakes = [...document.diagnostics, ...located];
  if (mistakes.length > 0) throw new AppError('invalid', mistakes.map(formatDiagnostic).join('\n'));
  return document.value as InstallSettings;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('not-found', `${path} cannot be read: ${fileProblem(cause)}`, { cause });
  }
}

function canonicalDomain(text: string): string {
  const domain = text.toLowerCase().replace(/\.$/, '');
  if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(domain)) return domain;
  throw new AppError('usage', `"${text}" is not a domain name`);
}

/** `127.0.0.1:8080`, `[::1]:8080`, `localhost:0`. */
export function hostPort(text: string): HostPort {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new AppError('usage', `"${text}" is not HOST:PORT`);
  return { host: match[1] ?? match[2]!, port };
}
