import { AppError } from '../../src/base/errors.ts';
import type { Group, User } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import type { Identify } from '../identify.ts';
import type { SiteAnswer } from '../site/answer.ts';
import { readJson } from '../site/body.ts';
import { originOf } from '../site/origin.ts';
import type { SiteHandler, SiteRoute } from '../site/route.ts';
import type { SiteVisit } from '../site/visit.ts';
import { mustBeAdmitted } from './access.ts';
import { type Collection, GROUPS, USERS } from './collections.ts';
import { resourceTypes, schemas, serviceProviderConfig } from './discovery.ts';
import { faultAnswer, notFound, ScimFault, scimAnswer } from './fault.ts';
import { narrowed } from './listing.ts';
import { ScimIndex } from './scim-index.ts';
import { carryOut, type ScimDeps as WriteDeps } from './transaction.ts';
import { groupView, locationOf, userView, type ViewContext } from './views.ts';

export interface ScimDeps extends WriteDeps {
  readonly identify: Identify;
}

/** One request that may act. */
interface Call extends SiteVisit {
  readonly deps: ScimDeps;
  readonly base: string;
}

type Handler = (call: Call, id: string) => Promise<SiteAnswer>;

const ROOT = '/scim/v2';
/** A group of ten thousand members has some 700 kB. */
const MOST_BODY = 1024 * 1024;
const MEDIA_TYPES = ['application/scim+json', 'application/json'];

/** The SCIM 2.0 end point (RFC 7644) on the auth host: a directory pushes its people and groups. */
export function scimRoutes(deps: ScimDeps): readonly SiteRoute[] {
  return [
    ...documents(deps),
    ...collection(deps, 'Users', USERS),
    ...collection(deps, 'Groups', GROUPS),
    route(deps, /^\/scim\/v2(?:\/.*)?$/, {
      GET: missing,
      POST: missing,
      PUT: missing,
      PATCH: missing,
      DELETE: missing,
    }),
  ];
}

function documents(deps: ScimDeps): SiteRoute[] {
  const shows =
    (document: (base: string) => object): Handler =>
    async ({ base }) =>
      scimAnswer(200, document(base));
  return [
    route(deps, `${ROOT}/ServiceProviderConfig`, { GET: shows(serviceProviderConfig) }),
    route(deps, `${ROOT}/ResourceTypes`, { GET: shows(resourceTypes) }),
    route(deps, `${ROOT}/Schemas`, { GET: shows(schemas) }),
  ];
}

function collection(deps: ScimDeps, name: 'Users' | 'Groups', of: Collection): SiteRoute[] {
  return [
    route(deps, `${ROOT}/${name}`, {
      GET: async (call) => scimAnswer(200, of.list(call.request.query, contextOf(call, call.config.directory))),
      POST: (call) => create(call, of),
    }),
    route(deps, new RegExp(`^${ROOT}/${name}/([A-Za-z0-9-]{1,64})$`), {
      GET: async (call, id) => shown(call, call.config.directory, of.find(call.config.directory, id), 200),
      PUT: (call, id) => change(call, id, of, of.replace),
      PATCH: (call, id) => change(call, id, of, of.patch),
      DELETE: (call, id) => remove(call, id, of),
    }),
  ];
}

function route(deps: ScimDeps, path: string | RegExp, handlers: Readonly<Record<string, Handler>>): SiteRoute {
  const methods = Object.entries(handlers).map(([method, handler]) => [method, guarded(deps, handler)] as const);
  return { on: 'auth-host', path, methods: Object.fromEntries(methods) };
}

/** Nothing is looked at before the token; what goes wrong is said in SCIM's own words. */
function guarded(deps: ScimDeps, handler: Handler): SiteHandler {
  return async (visit, [id = '']) => {
    try {
      await mustBeAdmitted(deps.identify, visit);
      return await handler({ ...visit, deps, base: `${originOf(visit.request)}${ROOT}` }, id);
    } catch (thrown) {
      return faultAnswer(asFault(thrown));
    }
  };
}

function asFault(thrown: unknown): ScimFault {
  if (thrown instanceof ScimFault) return thrown;
  return new ScimFault(503, thrown instanceof AppError ? thrown.message : 'this does not work at the moment');
}

async function create(call: Call, of: Collection): Promise<SiteAnswer> {
  const body = await bodyOf(call);
  let name = '';
  const directory = await carryOut(call.deps, call.config.directory, (current) => {
    const plan = of.create(current, body);
    name = plan.name;
    return plan;
  });
  const made = of.named(directory, name);
  if (made === null) throw new ScimFault(503, 'it was made, and is gone again');
  return shown(call, directory, made, 201);
}

async function change(call: Call, id: string, of: Collection, plan: Collection['patch']): Promise<SiteAnswer> {
  const body = await bodyOf(call);
  const directory = await carryOut(call.deps, call.config.directory, (current) => plan(current, id, body));
  return shown(call, directory, of.find(directory, id), 200);
}

async function remove(call: Call, id: string, of: Collection): Promise<SiteAnswer> {
  await carryOut(call.deps, call.config.directory, (current) => of.delete(current, id));
  return scimAnswer(204, undefined);
}

async function missing(): Promise<SiteAnswer> {
  throw notFound();
}

function shown(call: Call, directory: Directory, resource: User | Group, status: number): SiteAnswer {
  const context = contextOf(call, directory);
  const view = resource.kind === 'User' ? userView(resource, context) : groupView(resource, context);
  const location = status === 201 ? locationOf(resource, context) : undefined;
  return scimAnswer(status, narrowed(view, call.request.query), location);
}

function contextOf({ base }: Call, directory: Directory): ViewContext {
  return { index: ScimIndex.of(directory), base };
}

const BODY_STATUS: ReadonlyMap<string, number> = new Map([
  ['body-too-large', 413],
  ['body-too-slow', 408],
  ['overloaded', 503],
]);

async function bodyOf({ request }: Call): Promise<unknown> {
  const reading = await readJson(request, MEDIA_TYPES, MOST_BODY);
  if (reading.ok) return reading.value;
  const { answer } = reading;
  const reason = answer.kind === 'refused' ? answer.reason : '';
  const status = BODY_STATUS.get(reason);
  if (status !== undefined) throw new ScimFault(status, `the body is refused: ${reason}`);
  const detail = answer.kind === 'refused' ? answer.detail : null;
  throw new ScimFault(400, detail ?? 'the body is not JSON', 'invalidSyntax');
}
