import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDemoCertificates } from '../../src/dev/demo-certificates.ts';
import { RecordingUpstream } from './recording-upstream.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** `apiv1.example.com` and `apiv2.example.com`, which the example files speak of, on this machine. */
export interface ExampleUpstreams {
  readonly v1: RecordingUpstream;
  readonly v2: RecordingUpstream;
  /** `--resolve` for both. */
  readonly args: readonly string[];
  /** What makes their certificates trusted. */
  readonly env: Readonly<Record<string, string>>;
}

const HOSTS = ['apiv1.example.com', 'apiv2.example.com'] as const;

export async function startExampleUpstreams(): Promise<ExampleUpstreams> {
  const { ca, ...tls } = createDemoCertificates(HOSTS);
  const authority = join(temporaryDirectory(), 'authority.pem');
  writeFileSync(authority, ca);
  const v1 = await RecordingUpstream.start('v1', { tls });
  const v2 = await RecordingUpstream.start('v2', { tls });
  const resolved = [`${HOSTS[0]}:443:127.0.0.1:${v1.port}`, `${HOSTS[1]}:443:127.0.0.1:${v2.port}`];
  return { v1, v2, args: resolved.flatMap((one) => ['--resolve', one]), env: { NODE_EXTRA_CA_CERTS: authority } };
}
