import { Type } from 'typebox';
import { Bool, LocalName, OpenStatus, Text, text, whole } from '../scalars.ts';
import { annotate, list, type Static, strict } from '../schema.ts';

const o = Type.Optional;

const kubernetesSecretRef = strict({ name: text(256), key: text(256) });

const env = strict(
  {
    name: text(256),
    value: o(annotate(text(2048), { 'x-secret': true })),
    fromSecret: o(LocalName),
    kubernetesSecretRef: o(kubernetesSecretRef),
  },
  { 'x-exactly-one': [['value', 'fromSecret', 'kubernetesSecretRef']] },
);

const credentials = strict({
  usernamePassword: strict({ username: text(256), password: strict({ fromSecret: LocalName }), server: o(text(256)) }),
});

const resourceLimit = strict({
  cpu: o(strict({ millicores: whole(1) })),
  memory: o(strict({ megabytes: whole(1) })),
  ext: o(OpenStatus),
});

const securityContext = strict({
  readOnlyRootFilesystem: o(Bool),
  runAsUser: o(whole(0)),
  capabilities: o(strict({ add: o(list(Text, 64)), drop: o(list(Text, 64)) })),
});

const volume = strict(
  {
    name: text(256),
    persistentVolumeClaim: o(strict({ name: text(256) })),
    emptyDir: o(strict({ sizeLimitMegabytes: o(whole(1)) })),
  },
  { 'x-exactly-one': [['persistentVolumeClaim', 'emptyDir']] },
);

const volumeMount = strict({ name: text(256), mountPath: text(1024), subPath: o(text(1024)), readOnly: o(Bool) });

const port = whole(1, 65_535);

const probe = strict(
  {
    httpGet: o(strict({ path: o(text(1024)), port })),
    tcpSocket: o(strict({ port })),
    grpc: o(strict({ port })),
    initialDelaySeconds: o(whole(0)),
    timeoutSeconds: o(whole(1)),
    periodSeconds: o(whole(1)),
    successThreshold: o(whole(1)),
    failureThreshold: o(whole(1)),
  },
  { 'x-exactly-one': [['httpGet', 'tcpSocket', 'grpc']] },
);

/** A container that is run as the upstream (octelium.md §10.2). */
export const Container = strict({
  image: text(256),
  port,
  replicas: o(whole(1, 100)),
  command: o(list(text(1024), 64)),
  args: o(list(text(1024), 64)),
  env: o(list(env, 32)),
  credentials: o(credentials),
  resourceLimit: o(resourceLimit),
  securityContext: o(securityContext),
  volumes: o(list(volume, 32)),
  volumeMounts: o(list(volumeMount, 32)),
  livenessProbe: o(probe),
  readinessProbe: o(probe),
});
export type Container = Static<typeof Container>;
