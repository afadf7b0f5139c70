import { AppError } from '../../base/errors.ts';
import { refuseUnsafeRuntime } from '../runtime.ts';
import type { Pipe } from './channel.ts';
import { runWorker } from './worker.ts';

/** The entry of a worker process; only a supervisor starts it. */
refuseUnsafeRuntime();
process.exitCode = await runWorker(pipeToSupervisor(), {
  err: (text) => void process.stderr.write(text),
});
// The pipe would keep the process.
if (process.connected) process.disconnect?.();

function pipeToSupervisor(): Pipe {
  if (process.send === undefined) throw new AppError('usage', 'a worker is started by: ostiary serve --workers N');
  const send = process.send.bind(process);
  return {
    send: (message, failed) => void send(message, undefined, {}, failed),
    on: (event: 'message' | 'disconnect', listener: (message: unknown) => void) => process.on(event, listener),
  };
}
