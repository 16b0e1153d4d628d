import { auditBacktest } from '../../../src/analyses/backtest/diagnostics.ts';
import { type Case, type CaseTable, type Facts, lay } from './cases.ts';

const ALL = { predictedCount: 9, exactCount: 9 };

const PLAIN = {
  result: {
    fidelity: [{ engine: 'newer', predictedCount: 9, exactCount: 9, notReplayed: [], upload: ALL, startup: ALL }],
    scores: [],
    taus: [],
    groups: [],
    budget: [],
  },
  facts: [{ unsizedTaskCount: 0 }],
};

const fidelity = (over: Facts): Facts => ({
  result: {
    fidelity: [
      { engine: 'newer', predictedCount: 9, exactCount: 9, notReplayed: [], upload: ALL, startup: ALL, ...over },
    ],
  },
});
const score = (over: Facts): Facts => ({
  result: {
    scores: [{ strategy: 'engine', quantity: 'download', tau: 0.9, coverageFraction: 0.9, runCount: 10, ...over }],
  },
});

const cases: readonly Case[] = [
  {
    code: 'replay-differs',
    fires: fidelity({ exactCount: 8, notReplayed: [{ reason: 'no-history-in-the-data' }] }),
    quiet: fidelity({}),
  },
  { code: 'replay-of-others-differs', fires: fidelity({ upload: { ...ALL, exactCount: 8 } }), quiet: fidelity({}) },
  { code: 'replay-of-others-differs', fires: fidelity({ startup: { ...ALL, exactCount: 8 } }), quiet: fidelity({}) },
  {
    code: 'replay-not-checked',
    fires: fidelity({ predictedCount: 0, exactCount: 0 }),
    quiet: fidelity({ predictedCount: 1, exactCount: 1 }),
  },
  { code: 'few-runs', fires: score({ runCount: 9 }), quiet: score({ runCount: 10 }) },
  {
    code: 'percentile-turned-round',
    fires: score({ coverageFraction: 0.49 }),
    quiet: score({ coverageFraction: 0.5 }),
  },
  {
    code: 'percentile-turned-round',
    fires: score({ coverageFraction: 0.49, tau: 0.6 }),
    quiet: score({ coverageFraction: 0.49, tau: 0.5 }),
  },
  {
    code: 'percentile-turned-round',
    fires: score({ coverageFraction: 0.49 }),
    quiet: score({ coverageFraction: 0.49, quantity: 'execution' }),
  },
  {
    code: 'engine-unknown',
    fires: fidelity({ engine: 'unknown' }),
    quiet: fidelity({ engine: 'older' }),
  },
  {
    code: 'tasks-without-size',
    fires: { facts: [{ unsizedTaskCount: 1 }] },
    quiet: { facts: [{ unsizedTaskCount: 0 }] },
  },
];

const diagnose: CaseTable['diagnose'] = (over) => {
  const laid = lay(PLAIN, over) as typeof PLAIN;
  return auditBacktest(laid.result as never, laid.facts as never);
};

export const backtest: CaseTable = { analysis: 'backtest', diagnose, cases };
