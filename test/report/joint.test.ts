import { expect, it } from 'vitest';
import { type JointFacts, prepareExtracting, prepareQuestion, splitFacts } from '../../src/engine/question.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { listReadings, QUESTIONS } from '../../src/report/questions.ts';
import { sampleRuns } from '../sample-records.ts';

const runs = sampleRuns().slice(80, 120);
const filter = { clauses: [], sinceAtMs: null, untilAtMs: null };
const EMPTY = { analysis: 'report', raw: { arguments: [], options: {} } };

it('one pass gives every question the facts that it has alone', async () => {
  const joint = listReadings(undefined);
  const { extract } = await prepareExtracting({ ...EMPTY, filter, joint });
  const facts = runs.map((run) => extract(run, describeRun(run)) as JointFacts);
  for (const asked of joint) {
    const { extraction } = await prepareQuestion({ ...asked, filter });
    const alone = runs.map((run) => extraction.extract(run, describeRun(run)));
    expect(splitFacts(facts, asked.analysis), asked.analysis).toEqual(alone);
  }
});

it.each([
  ['compare', ['UniformPlanner', 'NonUniformPlanner'], {}],
  ['preload', [], { planner: 'UniformPlanner-opt', against: 'UniformPlanner' }],
] as const)('facts of %s are the same whichever planners are asked for', async (analysis, names, options) => {
  const reading = QUESTIONS.find((question) => question.analysis === analysis)?.reading;
  const [standIn, named] = await Promise.all(
    [reading, { arguments: names, options }].map((raw) => prepareQuestion({ analysis, raw: raw as never, filter })),
  );
  for (const run of runs) {
    const facts = describeRun(run);
    expect(named?.extraction.extract(run, facts)).toEqual(standIn?.extraction.extract(run, facts));
  }
});
