import { Type } from 'typebox';
import { CelSource, Condition } from '../condition.ts';
import { Bool, Duration, Text, text, whole, words } from '../scalars.ts';
import { list, type Static, strict } from '../schema.ts';
import { Container } from './container.ts';

const o = Type.Optional;

const status = whole(100, 599);
const header = strict({ key: text(256), value: text(8192) });
const body = strict({ inline: o(text(50_000)), inlineBytes: o(text(50_000)) });
const answer = { statusCode: o(status), body: o(body), headers: o(list(header, 256)) };

const path = strict({ addPrefix: o(text(512)), removePrefix: o(text(512)) });

const rateLimit = strict({
  limit: whole(1),
  window: Duration,
  key: o(strict({ eval: o(CelSource), perSession: o(Bool), perUser: o(Bool) })),
  ...answer,
});

const cache = strict({
  key: o(strict({ eval: CelSource })),
  ttl: o(Duration),
  maxSize: o(whole(1)),
  useXCacheHeader: o(Bool),
  allowUnsafeMethods: o(Bool),
});

const sendOrSkip = o(words('SEND', 'SKIP'));
const bodyMode = o(words('NONE', 'BUFFERED'));

const extProc = strict({
  address: o(text(2048)),
  container: o(Container),
  processingMode: o(
    strict({
      requestHeaderMode: sendOrSkip,
      responseHeaderMode: sendOrSkip,
      requestBodyMode: bodyMode,
      responseBodyMode: bodyMode,
    }),
  ),
  messageTimeout: o(Duration),
});

/** One element of a config's chain (octelium.md §2.9). */
export const ServicePlugin = strict(
  {
    name: text(128),
    isDisabled: o(Bool),
    phase: o(words('PRE_AUTH', 'POST_AUTH')),
    condition: Condition,
    direct: o(strict(answer)),
    path: o(path),
    rateLimit: o(rateLimit),
    cache: o(cache),
    jsonSchema: o(strict({ inline: text(30_000), ...answer })),
    lua: o(strict({ inline: text(20_000) })),
    extProc: o(extProc),
  },
  { 'x-exactly-one': [['direct', 'path', 'rateLimit', 'cache', 'jsonSchema', 'lua', 'extProc']] },
);
export type ServicePlugin = Static<typeof ServicePlugin>;

export const DirectResponse = strict({
  statusCode: o(status),
  contentType: o(text(256)),
  inline: o(Text),
  inlineBytes: o(Text),
});
