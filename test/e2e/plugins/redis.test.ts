import { suiteWithRedis } from '../../support/redis.ts';

await suiteWithRedis('redis', () => import('./redis.suite.ts'));
