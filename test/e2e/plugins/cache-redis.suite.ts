import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RedisServer } from '../../support/redis.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { cacheCases } from './cache-cases.ts';

const redis = await RedisServer.start();
const key = join(temporaryDirectory(), 'redis.key');
writeFileSync(key, 'k'.repeat(43));
await cacheCases('REDIS', ['--redis', redis.url, '--redis-key-file', key, '--redis-timeout', '20s']);
