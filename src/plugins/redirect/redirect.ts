import type { CompiledText } from '../../../policies/text.ts';
import { AppError } from '../../base/errors.ts';
import { HeaderList } from '../../base/header-list.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { type Outcome, refuse, respond } from '../../gateway/outcome.ts';
import type { PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { compileExpression } from '../expression.ts';
import type { Redirect } from './schema.ts';
import { isOwn, locationOf, readTarget, type Target } from './target.ts';

/** Characters; browsers and proxies commonly take no more. */
const LONGEST_LOCATION = 8192;

/** Sends clients somewhere else. Where an expression leads to another site, that site must be listed. */
export const plugin: PluginType<Redirect, PluginDeps> = {
  create: (config, deps) => {
    const program = compileExpression(config, [], deps);
    const target = program === null ? fixedTarget(config, deps) : evaluatedTarget(config, program);
    return {
      onRequest: (x) => {
        const found = target(x);
        return found === null
          ? refuse('redirect-refused', 'the expression gives no place that is allowed')
          : answer(x, found, config);
      },
    };
  },
};

/** `null`: nobody is sent there. */
type TargetSource = (x: Exchange) => Target | null;

function fixedTarget(
  { location = '', allowedOrigins, allowRedirectsToAnySiteThatTheExpressionGives }: Redirect,
  deps: PluginDeps,
): TargetSource {
  const target = readTarget(location);
  if (target === null) throw new AppError('invalid', `"${location}" is neither a path of this host nor an http URL`);
  if (allowedOrigins !== undefined)
    deps.mistake(['allowedOrigins'], 'is about "eval" and "liquid", and there is neither');
  if (allowRedirectsToAnySiteThatTheExpressionGives !== undefined) {
    deps.mistake(
      ['allowRedirectsToAnySiteThatTheExpressionGives'],
      'is about "eval" and "liquid", and there is neither',
    );
  }
  return () => target;
}

function evaluatedTarget(config: Redirect, program: CompiledText): TargetSource {
  const anySite = config.allowRedirectsToAnySiteThatTheExpressionGives === true;
  const listed = new Set(config.allowedOrigins);
  return (x) => {
    const target = readTarget(textOf(program, x));
    if (target === null) return null;
    return anySite || isOwn(target, x.request) || listed.has(target.origin) ? target : null;
  };
}

/** @throws AppError when the expression fails, which refuses the request. */
function textOf(program: CompiledText, { input }: Exchange): string {
  if (input === null) throw new AppError('internal', 'a redirect expression ran before its input was there');
  const result = program.evaluate(input);
  if (result.kind === 'error') throw new AppError('refused', `the redirect expression failed: ${result.detail}`);
  return result.kind === 'absent' ? '' : result.text;
}

/** It depends on configuration, and perhaps on who asks, so nobody keeps it. */
function answer({ request }: Exchange, target: Target, { statusCode, keepPath, keepQuery }: Redirect): Outcome {
  const location = locationOf(target, request, { path: keepPath === true, query: keepQuery === true });
  if (location.length > LONGEST_LOCATION) return refuse('redirect-refused', 'the location is too long');
  const headers = HeaderList.from([
    ['location', location],
    ['cache-control', 'no-store'],
  ]);
  return respond(statusCode ?? 302, headers);
}
