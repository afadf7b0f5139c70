/** The bench holds the other end of standard input: when it is gone, however it ended, nobody needs this process. */
export function endWithTheBench(): void {
  process.stdin.resume().once('end', () => process.exit(0));
  process.once('SIGTERM', () => process.exit(0));
}
