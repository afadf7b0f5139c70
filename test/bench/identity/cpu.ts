/** Nanoseconds of CPU that this thread has used, so that what else runs on the machine does not count. */
export function cpuNanoseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) * 1000;
}
