import { parseArgs } from 'node:util';
import { differAnswers, differEarly, differRequests } from '../test/security/differential/run.ts';

/** The long form of `test/security/differential/`: other cases with each run, unless a seed is given. */
const { values } = parseArgs({
  options: { cases: { type: 'string', default: '100000' }, seed: { type: 'string', default: String(Date.now() | 0) } },
});
const run = { cases: Number(values.cases), seed: Number(values.seed) };

const DIFFERENCES = { requests: differRequests, early: differEarly, answers: differAnswers };

for (const [name, differ] of Object.entries(DIFFERENCES)) {
  console.log(`${name}: ${run.cases} cases, --seed ${run.seed}`);
  const { compared } = await differ(run);
  console.log(`${name}: nothing differs, ${compared} accepted`);
}
