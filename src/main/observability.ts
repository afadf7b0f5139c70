import { systemClock } from '../base/clock.ts';
import { type AccessLog, createAccessLog } from '../telemetry/access-log.ts';
import { type LogSink, openLogSink } from '../telemetry/log-sink.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';

export interface Observability {
  readonly sink: LogSink;
  readonly accessLog: AccessLog;
  readonly metrics: Metrics;
}

/** @param target `-` for standard output, or a path */
export function openObservability(
  target: string,
  warn: (message: string) => void,
  stack: AsyncDisposableStack,
): Observability {
  const sink = openLogSink(target, { onError: (error) => warn(`access log: ${error.message}`) });
  stack.defer(() => sink.close());
  const accessLog = createAccessLog(sink, systemClock);
  stack.defer(() => accessLog.close());
  return { sink, accessLog, metrics: createMetrics({ accessLogDropped: () => sink.dropped }) };
}
