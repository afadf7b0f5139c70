import type { ServiceConfig } from '../service/config.ts';
import type { ServiceSpec } from '../service/service.ts';
import type { KeyPath } from '../source.ts';
import { type Problem, problem } from '../validate/problem.ts';

/** What makes no sense on a Service of mode GRPC. */
export function checkGrpc({ mode, config, dynamicConfig }: ServiceSpec): Problem[] {
  if (mode !== 'GRPC') return [];
  const named = dynamicConfig?.configs ?? [];
  return [
    ...(config === undefined ? [] : checkGrpcConfig(config, ['spec', 'config'])),
    ...named.flatMap((one, i) => checkGrpcConfig(one, ['spec', 'dynamicConfig', 'configs', i])),
  ];
}

export function checkGrpcConfig({ upstream, http }: ServiceConfig, at: KeyPath): Problem[] {
  const problems: Problem[] = [];
  if (http?.body?.mode === 'JSON') {
    const suggestion = 'leave body.mode out';
    problems.push(problem([...at, 'http', 'body', 'mode'], 'the messages of gRPC are no JSON objects', { suggestion }));
  }
  for (const [path, url] of urlsOf(upstream)) {
    if (url.startsWith('ws:') || url.startsWith('wss:')) {
      const suggestion = 'use grpc://HOST:PORT, or https';
      problems.push(problem([...at, 'upstream', ...path], 'gRPC does not go over WebSockets', { suggestion }));
    }
  }
  return problems;
}

function urlsOf(upstream: ServiceConfig['upstream']): (readonly [KeyPath, string])[] {
  const endpoints = upstream?.loadbalance?.endpoints ?? [];
  const balanced = endpoints.map(({ url }, i) => [['loadbalance', 'endpoints', i, 'url'], url] as const);
  return upstream?.url === undefined ? balanced : [[['url'], upstream.url], ...balanced];
}
