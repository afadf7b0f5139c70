import { Counter, type Registry } from 'prom-client';

/** Counts requests for access by what became of them. */
export function createAccessRequestCounter(registry: Registry): Counter<'state'> {
  return new Counter({
    name: 'ostiary_access_requests_total',
    help: 'Requests for access that came to this state: open, granted, refused, revoked, expired.',
    labelNames: ['state'],
    registers: [registry],
  });
}
