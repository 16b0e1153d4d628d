import { auditAccuracy } from '../../../src/analyses/accuracy/diagnostics.ts';
import { type Case, type CaseTable, CLOCKS, type Facts, lay, plainRun } from './cases.ts';

const fact = (over: Facts, traits: Facts = {}): Facts => ({
  facts: [lay({ run: plainRun({ traits }), makespan: null, preloadCount: 0 }, over)],
});
const score = (over: Facts): Facts => ({
  result: {
    scores: [
      lay({ quantity: 'makespan', askedLevel: null, percentageErrorCount: 30, skill: null, skillCount: 30 }, over),
    ],
  },
});
const changeTest = (method: string): Facts => ({ result: { changeTests: [{ method }] } });
const asking = (...keys: readonly string[]): Facts => ({ quantities: keys });

const PLAIN = {
  result: { level: 'run', scores: [], changeTests: [] },
  facts: [],
  ...asking('makespan', 'download-time'),
};

const cases: readonly Case[] = [
  { code: 'clock-offsets', fires: fact({ run: { clocks: CLOCKS } }), quiet: fact({ run: {} }) },
  {
    code: 'makespan-too-short',
    fires: fact({}, { sinkWaitMissing: true }),
    quiet: fact({}, { sinkWaitMissing: false }),
  },
  {
    code: 'makespan-too-short',
    fires: { ...fact({}, { sinkWaitMissing: true }), ...asking('makespan') },
    quiet: { ...fact({}, { sinkWaitMissing: true }), ...asking('upload-time') },
  },
  {
    code: 'absurd-prediction',
    fires: fact({ makespan: { predicted: 1000.1, actual: 100 } }),
    quiet: fact({ makespan: { predicted: 1000, actual: 100 } }),
  },
  { code: 'preloads-not-recorded', fires: fact({ preloadCount: 1 }), quiet: fact({ preloadCount: 0 }) },
  {
    code: 'preloads-not-recorded',
    fires: { ...fact({ preloadCount: 1 }), ...asking('download-time') },
    quiet: { ...fact({ preloadCount: 1 }), ...asking('upload-time') },
  },
  {
    code: 'speed-percentile',
    fires: score({ quantity: 'download-time', askedLevel: 0.1 }),
    quiet: score({ quantity: 'execution-time', askedLevel: 0.1 }),
  },
  {
    code: 'speed-percentile',
    fires: score({ quantity: 'download-time', askedLevel: 0.1 }),
    quiet: score({ quantity: 'download-time', askedLevel: null }),
  },
  { code: 'sum-of-percentiles', fires: score({ askedLevel: 0.5 }), quiet: score({ askedLevel: null }) },
  {
    code: 'sum-of-percentiles',
    fires: lay(score({ askedLevel: 0.5 }), { result: { level: 'run' } }) as Facts,
    quiet: lay(score({ askedLevel: 0.5 }), { result: { level: 'task' } }) as Facts,
  },
  {
    code: 'too-few-for-interval',
    fires: score({ percentageErrorCount: 5 }),
    quiet: score({ percentageErrorCount: 6 }),
  },
  {
    code: 'too-few-for-skill',
    fires: score({ skill: 0.1, skillCount: 9 }),
    quiet: score({ skill: 0.1, skillCount: 10 }),
  },
  {
    code: 'too-few-for-skill',
    fires: score({ skill: 0, skillCount: 9 }),
    quiet: score({ skill: null, skillCount: 9 }),
  },
  { code: 'series-too-short', fires: changeTest('too-short'), quiet: changeTest('step-regression') },
];

function diagnose(over: Facts) {
  const { result, facts, quantities } = lay(PLAIN, over) as typeof PLAIN & { quantities: string[] };
  const options = { quantities: quantities.map((key) => ({ key })), detailed: [] };
  return auditAccuracy(result as never, facts, options as never);
}

export const accuracy: CaseTable = { analysis: 'accuracy', diagnose, cases };
