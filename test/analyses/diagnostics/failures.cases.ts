import { auditFailures } from '../../../src/analyses/failures/diagnostics.ts';
import { type Case, type CaseTable, type Facts, lay, plainRun } from './cases.ts';

const result = (own: Facts): Facts => ({ result: own });
const fact = (traits: Facts, failure: Facts | null = null, over: Facts = {}): Facts => ({
  facts: [{ run: plainRun({ traits }), failure, invokedTwice: [], ...over }],
});
const contrast = (pAdjusted: number): Facts =>
  result({
    contrasts: [
      {
        baselinePlanner: 'A',
        candidatePlanner: 'B',
        baseline: { measured: 9, missing: 1 },
        candidate: { measured: 1, missing: 9 },
        pAdjusted,
      },
    ],
  });
const workflow = (pAdjusted: number): Facts =>
  result({ workflows: [{ workflow: 'w', failedCount: 3, runCount: 4, pAdjusted }] });
const pace = (outcome: string): Facts =>
  result({ pace: { outcome, changeFraction: 0.3, ciLow: 0.1, ciHigh: 0.5, pValue: 0.01 } });

const PLAIN = {
  result: { planners: [], contrasts: [], workflows: [], pace: null, failedRuns: [], failedCount: 0, runCount: 4 },
  facts: [],
};

const cases: readonly Case[] = [
  { code: 'unequal-loss', fires: contrast(0.049), quiet: contrast(0.05) },
  { code: 'failures-depend-on-workflow', fires: workflow(0.049), quiet: workflow(0.05) },
  { code: 'failures-depend-on-pace', fires: pace('different'), quiet: pace('hint') },
  { code: 'pace-not-comparable', fires: result({ failedCount: 1 }), quiet: result({ failedCount: 0 }) },
  {
    code: 'failed-without-plan',
    fires: fact({ planned: false }, {}),
    quiet: fact({ planned: true }, {}),
  },
  { code: 'failed-without-plan', fires: fact({ planned: false }, {}), quiet: fact({ planned: false }) },
  {
    code: 'resource-usage-not-measured',
    fires: result({ failedRuns: [{ gbSeconds: null, gbSecondsSeen: 2 }] }),
    quiet: result({ failedRuns: [{ gbSeconds: 1, gbSecondsSeen: 2 }] }),
  },
  { code: 'invoked-twice', fires: fact({}, null, { invokedTwice: ['f'] }), quiet: fact({}) },
  { code: 'tasks-lost-in-completed-runs', fires: fact({ complete: false }), quiet: fact({ complete: true }) },
  { code: 'tasks-lost-in-completed-runs', fires: fact({ complete: false }), quiet: fact({ complete: false }, {}) },
  {
    code: 'startups-lost-in-completed-runs',
    fires: fact({ unfinishedStartupCount: 1 }),
    quiet: fact({ unfinishedStartupCount: 0 }),
  },
  {
    code: 'startups-lost-in-completed-runs',
    fires: fact({ unfinishedStartupCount: 1 }),
    quiet: fact({ unfinishedStartupCount: 1 }, {}),
  },
  { code: 'edges-not-recorded', fires: fact({ lacks: ['edges'] }, {}), quiet: fact({ lacks: [] }, {}) },
  { code: 'startups-not-recorded', fires: fact({ lacks: ['startups'] }, {}), quiet: fact({ lacks: [] }, {}) },
];

const diagnose = (over: Facts) => {
  const laid = lay(PLAIN, over) as typeof PLAIN;
  return auditFailures(laid.result as never, laid.facts as never);
};

export const failures: CaseTable = { analysis: 'failures', diagnose, cases };
