/**
 * An error of ours, with two audiences: `message` may be shown to whoever asked, `detail` is for the log only.
 * Expected refusals of a request are values (`gateway/outcome.ts`); this class is for what went wrong.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | null;

  constructor(code: ErrorCode, message: string, options: { detail?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.detail = options.detail ?? null;
  }
}

/** Closed, so that a switch over codes is checked by the compiler. */
export type ErrorCode =
  | 'conflict'
  | 'internal'
  | 'invalid'
  | 'not-found'
  | 'not-implemented'
  | 'refused'
  | 'unavailable'
  | 'usage';

/** Why a file could not be read, without the system call and the path, which the message around it names. */
export function fileProblem(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return FILE_PROBLEMS[code] ?? messageOf(thrown);
}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
};

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
