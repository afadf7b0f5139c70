import { Gauge, type Registry } from 'prom-client';

/** What is known of an OPA bundle. */
export interface BundleHealth {
  readonly name: string;
  /** `null`: there is none that could be asked. */
  readonly digest: string | null;
  /** What was wrong with the last attempt to get it, `null` when nothing was. */
  readonly problem: string | null;
}

/** One series for each bundle, read when the metrics are. */
export function registerBundles(registry: Registry, bundles: () => readonly BundleHealth[]): void {
  const register = (name: string, help: string, value: (bundle: BundleHealth) => boolean) =>
    new Gauge({
      name,
      help,
      labelNames: ['bundle'],
      registers: [registry],
      collect() {
        this.reset();
        for (const bundle of bundles()) this.set({ bundle: bundle.name }, value(bundle) ? 1 : 0);
      },
    });
  register('ostiary_opa_bundle_loaded', '1 when the OPA bundle can be asked.', ({ digest }) => digest !== null);
  const help = '1 when the last attempt to get the OPA bundle failed.';
  register('ostiary_opa_bundle_failing', help, ({ problem }) => problem !== null);
}
