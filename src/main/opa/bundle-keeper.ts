import type { Bundle } from '../../../policies/rego/bundle/bundle.ts';
import type { Verification } from '../../../policies/rego/bundle/signature.ts';
import { BundleSlot, type LoadedBundle, loadBundle } from '../../../policies/rego/bundle/slot.ts';
import { messageOf } from '../../base/errors.ts';
import type { OpaBundle } from '../../model/index.ts';
import type { OpenSecret } from './bearer.ts';
import { readBundlePath, stampOf } from './bundle-files.ts';

export interface KeeperParts {
  readonly settings: OpaBundle;
  readonly openSecret: OpenSecret;
  readonly warn: (message: string) => void;
}

/** Keeps one bundle in its slot as good as it can be: what cannot be used never takes the place of what can. */
export abstract class BundleKeeper {
  readonly slot = new BundleSlot();
  readonly settings: OpaBundle;
  protected readonly openSecret: OpenSecret;
  readonly #warn: (message: string) => void;
  #timer: NodeJS.Timeout | null = null;
  #isStarted = false;
  #told = '';

  constructor({ settings, openSecret, warn }: KeeperParts) {
    this.settings = settings;
    this.openSecret = openSecret;
    this.#warn = warn;
  }

  /** What can be had without waiting. */
  abstract lookNow(): void;

  /** Gives the milliseconds until the next look. Never rejects. */
  protected abstract look(): Promise<number>;

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.lookNow();
    void this.#goOn();
  }

  stop(): void {
    this.#isStarted = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Asked again after waiting: what comes too late is nobody's. */
  protected get isStarted(): boolean {
    return this.#isStarted;
  }

  async #goOn(): Promise<void> {
    const delay = await this.look();
    if (this.#isStarted) this.#timer = setTimeout(() => void this.#goOn(), delay).unref();
  }

  /** Whether it is in its slot now; `keep` is called before anything can be asked of it. */
  protected take(read: () => Bundle, keep: () => void = () => {}): boolean {
    try {
      const bundle = read();
      const { current } = this.slot;
      if (bundle.digest === current?.digest) return this.serve(current);
      const loaded = loadBundle(bundle);
      keep();
      return this.serve(loaded);
    } catch (thrown) {
      this.failed(messageOf(thrown));
      return false;
    }
  }

  protected serve(bundle: LoadedBundle): true {
    this.slot.replace(bundle);
    this.#told = '';
    return true;
  }

  /** Told once as long as it stays the same. */
  protected failed(problem: string): void {
    this.slot.failed(problem);
    if (problem === this.#told) return;
    this.#told = problem;
    const now = this.slot.current === null ? 'its conditions deny' : 'the last good one stays';
    this.#warn(`OPA bundle ${this.settings.name}: ${problem}; ${now}`);
  }

  protected get verification(): Verification | null {
    const { verification } = this.settings;
    if (verification === undefined) return null;
    const { publicKey, fromSecret = '', algorithm = 'RS256', scope = null, required = true } = verification;
    return { algorithm, key: publicKey ?? this.openSecret(fromSecret)?.reveal() ?? null, scope, required };
  }
}

/** Milliseconds between two looks at a file. */
const FILE_INTERVAL_MS = 1000;

/** A bundle in a file or directory, which others write. */
export class WatchedBundle extends BundleKeeper {
  readonly #path: string;
  /** Of what was read last, with the key that it was verified with. */
  #seen: string | null = null;

  constructor(path: string, parts: KeeperParts) {
    super(parts);
    this.#path = path;
  }

  lookNow(): void {
    const { verification } = this;
    const stamp = stampOf(this.#path);
    const seen = JSON.stringify([stamp, verification]);
    if (seen === this.#seen) return;
    this.#seen = seen;
    if (stamp === null && this.settings.url !== undefined) this.failed('it was not downloaded yet');
    else this.take(() => readBundlePath(this.#path, verification));
  }

  protected async look(): Promise<number> {
    this.lookNow();
    return FILE_INTERVAL_MS;
  }
}
