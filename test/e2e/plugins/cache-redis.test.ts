import { suiteWithRedis } from '../../support/redis.ts';

await suiteWithRedis('cache-redis', () => import('./cache-redis.suite.ts'));
