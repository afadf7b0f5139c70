import { suiteWithRedis } from '../../support/redis.ts';

await suiteWithRedis('answers', () => import('./answers.suite.ts'));
