import { Counter, type Registry } from 'prom-client';

/** What plugins count by themselves. */
export class PluginSeries {
  readonly #counter: Counter<'service' | 'plugin' | 'event'>;
  /** Of each Service, what was counted. */
  readonly #seen = new Map<string, Map<string, PluginEvent>>();

  constructor(registry: Registry) {
    this.#counter = new Counter({
      name: 'ostiary_plugin_events_total',
      help: 'What plugins did beside the answer, by Service, name of the plugin and event.',
      labelNames: ['service', 'plugin', 'event'],
      registers: [registry],
    });
  }

  count({ service, plugin, event }: PluginEvent): void {
    const seen = this.#seen.get(service) ?? new Map<string, PluginEvent>();
    this.#seen.set(service, seen);
    seen.set(`${plugin} ${event}`, { service, plugin, event });
    this.#counter.inc({ service, plugin, event });
  }

  /** Services that are gone leave no series behind. */
  keepOnly(services: ReadonlySet<string>): void {
    for (const [service, seen] of this.#seen) {
      if (services.has(service)) continue;
      for (const { plugin, event } of seen.values()) this.#counter.remove({ service, plugin, event });
      this.#seen.delete(service);
    }
  }
}

export interface PluginEvent {
  /** Canonical name. */
  readonly service: string;
  /** Its name in the list. */
  readonly plugin: string;
  /** A word of the plugin, of which there are few. */
  readonly event: string;
}
