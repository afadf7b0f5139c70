import { refuse } from '../outcome.ts';
import type { DecidingStep } from '../step.ts';

export const route: DecidingStep = (x) => {
  const { host, method, path } = x.request;
  const service = x.snapshot.routes.route(host, method, path);
  if (service === null) return refuse('no-route');
  x.service = service;
  switch (service.state.kind) {
    case 'ready':
      return null;
    case 'disabled':
      return refuse('service-disabled');
    case 'broken':
      return refuse('service-broken', service.state.because);
  }
};
