import { suiteWithRedis } from '../../support/redis.ts';

await suiteWithRedis('limits', () => import('./limits.suite.ts'));
