/** One request that is sent again and again. */
export interface Target {
  /** Name of the case. */
  readonly name: string;
  /** On 127.0.0.1. */
  readonly port: number;
  readonly path: string;
  /** The Host field among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The path below which the upstream tells what it saw. */
  readonly echoPath: string;
  /** A line that the upstream must see when the whole way was gone; `null`: anything will do. */
  readonly upstreamSees: string | null;
}

/** A proxy that is measured: its process with all children. */
export interface Subject {
  readonly pid: number;
  readonly targets: readonly Target[];
}

export type StartSubject = (stack: AsyncDisposableStack, upstreamPort: number) => Promise<Subject>;
