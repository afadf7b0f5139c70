import type { Awaitable } from '../../base/awaitable.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { Outcome } from '../../gateway/outcome.ts';
import type { PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { compileRefusal } from '../direct/refusal.ts';
import { DEFAULT_MAX_SIZE } from '../json-schema/schema.ts';
import { bodyProblem } from './body.ts';
import { OpenapiDocument } from './document.ts';
import { type Operation, parameterProblem } from './operation.ts';
import type { Router } from './router.ts';
import { compileRoutes, keysInQuery, type Operations, prefixOfServers, withoutEnd } from './routes.ts';
import type { OpenapiRules } from './schema.ts';

/** Lets requests through that an OpenAPI document describes, as the upstream will see them. */
export const plugin: PluginType<OpenapiRules, PluginDeps> = {
  create: (config, deps) => {
    const router = compileRouter(config, deps);
    const refusals = compileRefusals(config);
    const limit = config.maxSize ?? DEFAULT_MAX_SIZE;
    return {
      onAuthorized: (x) => {
        const found = router.find(x.outgoing!.path);
        if (found === null) return refusals.unknown('no path of the document is this one');
        const operation = found.target.get(x.outgoing!.method);
        if (operation === undefined) return refusals.method('the document has the path, and not this method');
        const problem = parameterProblem(x, operation, found.values);
        return problem === null ? judgeBody(x, operation, limit, refusals) : refusals.parameter(problem);
      },
    };
  },
};

function compileRouter(config: OpenapiRules, { canonicalPath }: PluginDeps): Router<Operations> {
  const document = new OpenapiDocument(config.inline);
  const options = {
    allowsOtherQuery: config.allowUndescribedQueryParameters === true,
    isLaxAboutBodies: config.passBodiesThatAreNotJsonUnchecked === true,
    keysInQuery: keysInQuery(document),
  };
  const prefix = config.basePath === undefined ? prefixOfServers(document) : withoutEnd(config.basePath);
  return compileRoutes(document, prefix, options, canonicalPath);
}

type Refusals = ReturnType<typeof compileRefusals>;

function compileRefusals(config: OpenapiRules) {
  return {
    unknown: compileRefusal(config, 'not-described'),
    method: compileRefusal(config, 'method-refused'),
    parameter: compileRefusal(config, 'bad-parameter'),
    body: compileRefusal(config, 'bad-body'),
  };
}

/** What flows in a tunnel is no body. */
function judgeBody(x: Exchange, { body }: Operation, limit: number, refusals: Refusals): Awaitable<Outcome | null> {
  if (x.request.upgrade !== null || x.outgoing!.body === null)
    return body.isRequired ? refusals.body('there is no body') : null;
  return bodyProblem(x, body, limit).then((problem) =>
    typeof problem === 'string' ? refusals.body(problem) : problem,
  );
}
