import { durationMs } from '../../base/duration.ts';
import type { Plugin, PluginType } from '../../gateway/plugin.ts';
import { upstreamUrlFormat } from '../../model/validate/formats/urls.ts';
import type { PluginDeps } from '../deps.ts';
import { modesOf } from './modes.ts';
import { Processing, type ProcessingParts } from './processing.ts';
import { DEFAULT_MAX_SIZE, type ExtProc } from './schema.ts';

/** Requests that one processor works on at once; more are refused. */
const MOST_AT_ONCE = 1024;
/** Milliseconds. */
const USUAL_TIMEOUT = 800;
const LONGEST_TIMEOUT = 30_000;
/** Of a message beside the body in it. */
const MOST_HEAD_BYTES = 128 * 1024;

/** Has a server of Envoy's external processing protocol (v3, gRPC) look at requests and answers, and change them. */
export const plugin: PluginType<ExtProc, PluginDeps> = {
  create: (config, deps): Plugin => {
    const url = config.address.includes('://') ? config.address : `grpc://${config.address}`;
    const finding = upstreamUrlFormat(url);
    if (finding !== null) {
      deps.mistake(['address'], finding.message, finding.suggestion ?? 'write "HOST:PORT"');
      return {};
    }
    const parts = partsOf(config, url, deps);
    const kept = deps.slot<Processing>();
    return {
      onAuthorized: (x) => {
        const processing = new Processing(parts);
        kept.set(x, processing);
        return processing.request(x);
      },
      onResponse: (x) => kept.get(x)?.response(x),
      onSettled: (x) => kept.get(x)?.settled(),
    };
  },
};

/** @throws AppError `invalid` */
function partsOf(config: ExtProc, url: string, deps: PluginDeps): ProcessingParts {
  const { trustedCAs, clientCertificate, maxSize = DEFAULT_MAX_SIZE } = config;
  const modes = modesOf(config);
  if (Object.values(modes).every((isSent) => !isSent)) {
    deps.mistake(['processingMode'], 'the processor is sent nothing', 'remove the plugin');
  }
  const converse = deps.converse({
    url,
    mostAtOnce: MOST_AT_ONCE,
    messageBytes: maxSize + MOST_HEAD_BYTES,
    ...(trustedCAs && { trustedCAs }),
    ...(clientCertificate && { clientCertificate: clientCertificate.fromSecret }),
  });
  return {
    converse,
    timeout: timeoutOf(config, deps),
    isDispensable: config.passUnprocessedWhenTheProcessorIsUnavailable === true,
    plugin: deps.place.plugin,
    modes,
    mayOverride: config.allowModeOverride === true,
    maxSize,
    deps,
  };
}

function timeoutOf({ messageTimeout }: ExtProc, { mistake }: PluginDeps): number {
  const timeout = (messageTimeout === undefined ? null : durationMs(messageTimeout)) ?? USUAL_TIMEOUT;
  if (timeout === 0) mistake(['messageTimeout'], 'no processor answers at once');
  if (timeout > LONGEST_TIMEOUT) mistake(['messageTimeout'], 'this is more than 30s, for which clients would wait');
  return timeout;
}
