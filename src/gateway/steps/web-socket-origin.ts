import { refuse } from '../outcome.ts';
import type { CompiledService } from '../snapshot.ts';
import type { DecidingStep } from '../step.ts';

/**
 * A page of another site may open a WebSocket with the cookies of this one, and no browser asks first: only the Origin
 * tells. Programs that are no browsers send none.
 */
export const webSocketOrigin: DecidingStep = (x) => {
  const { upgrade, headers, scheme, authority } = x.request;
  if (upgrade === null || !headers.has('origin')) return null;
  const origins = headers.all('origin');
  const origin = origins[0] as string;
  const isOwn = origin === `${scheme}://${authority}`;
  if (origins.length === 1 && (isOwn || isAllowed(x.service!, origin))) return null;
  return refuse('origin-refused', origins.join(', '));
};

/** Of the default config only, because the config is chosen after this. */
function isAllowed({ resource }: CompiledService, origin: string): boolean {
  return resource.spec.config?.http?.webSocket?.allowedOrigins?.includes(origin) === true;
}
