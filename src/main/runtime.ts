/** The fixes of 2026 to the HTTP and TLS layers are part of our own security. */
const OLDEST = [24, 18, 1] as const;

/** Parsing that is lenient is request smuggling; an inspector is a door beside the door. */
const REFUSED_FLAGS = /^--(insecure-http-parser|inspect(-brk|-wait|-port)?)(=|$)/;

/** Ends the process when it runs on a runtime, or with flags, that undo what the gateway promises. */
export function refuseUnsafeRuntime(): void {
  const flags = [...process.execArgv, ...nodeOptions()];
  const problem = runtimeProblem(process.versions.node, flags, process.env);
  if (problem === null) return;
  process.stderr.write(`ostiary: ${problem}\n`);
  process.exit(1);
}

export function runtimeProblem(version: string, flags: readonly string[], env: NodeJS.ProcessEnv): string | null {
  if (isOlder(version)) return `Node ${version} is too old; ${OLDEST.join('.')} or newer is needed`;
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    return 'NODE_TLS_REJECT_UNAUTHORIZED=0 is refused: it switches off every check of certificates';
  }
  // The runtime takes underscores for hyphens, and quotes in NODE_OPTIONS.
  const flag = flags.find((one) => REFUSED_FLAGS.test(one.replaceAll('_', '-').replaceAll('"', '')));
  return flag === undefined ? null : `the runtime flag ${flag.split('=')[0]} is refused`;
}

function nodeOptions(): string[] {
  return (process.env.NODE_OPTIONS ?? '').split(/\s+/);
}

function isOlder(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [i, oldest] of OLDEST.entries()) {
    if (parts[i] !== oldest) return (parts[i] ?? 0) < oldest;
  }
  return false;
}
