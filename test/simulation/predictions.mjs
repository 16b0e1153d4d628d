/**
 * Backtest, memory, scaling and what-if on simulated runs whose truth is known: node test/simulation/predictions.mjs [repetitions] [part].
 * Parts: oracle (nothing beats the known quantile), drift (recency wins), kept (what n kept samples lose, against theory), memory and
 * scaling (intervals hold the truth), whatif (simulated DAGs to which the scenario is truly applied). Seeded; exits with 1 where a
 * promise is not kept.
 */
import { importSource } from '../bench/import-source.mjs';

const repetitions = Number(process.argv[2] ?? 2000);
const only = process.argv[3] ?? '';
const source = await importSource(
  'analyses/backtest/analyze.ts',
  'analyses/backtest/options.ts',
  'analyses/memory/fit.ts',
  'analyses/scaling/analyze.ts',
  'model/replay.ts',
  'stats/pinball.ts',
  'stats/random.ts',
);
const { analyzeBacktest, parseBacktest, fitFunction, analyzeScaling, createNormal, createRandom, pinballLoss } = source;

const range = (count) => Array.from({ length: count }, (_, i) => i);
const sum = (amounts) => amounts.reduce((total, amount) => total + amount, 0);
const mean = (amounts) => sum(amounts) / amounts.length;
const errorOf = (amounts) => {
  const centre = mean(amounts);
  return Math.sqrt(sum(amounts.map((x) => (x - centre) ** 2)) / (amounts.length - 1) / amounts.length);
};
const percent = (fraction) => `${(100 * fraction).toFixed(2)} %`;
const say = (text) => process.stdout.write(`${text}\n`);
const isAsked = (part) => only === '' || only === part;
/** Says what was found; a promise that is not kept ends the process with 1. */
function hold(isKept, text) {
  say(`${isKept ? 'kept  ' : 'BROKEN'} ${text}`);
  if (!isKept) process.exitCode = 1;
}

/** Between 93 and 97 %, give or take two standard errors of so many repetitions. */
const isHeld = (share) => Math.abs(share - 0.95) <= 0.02 + 2 * Math.sqrt((0.93 * 0.07) / repetitions);

const MINUTE_MS = 60_000;
/** Runs of one structure and planner, one after the other. */
const makeRuns = (count, taskCount, drawMs) =>
  range(count).map((i) => ({
    run: {
      runId: `run-${String(i).padStart(4, '0')}`,
      submittedAtMs: i * MINUTE_MS,
      finishedAtMs: i * MINUTE_MS + 1000,
      traits: { workflow: 'w', structure: 's', planner: 'P', sla: 'p90', resourceMeasure: 'gb-seconds' },
      origin: { uri: 'made up', line: i + 1 },
    },
    createdAtMs: i * MINUTE_MS,
    unsizedTaskCount: 0,
    predicted: null,
    observations: {
      execution: [
        {
          kind: 'f',
          durationsMs: range(taskCount).map(() => drawMs(i)),
          sizes: range(taskCount).map(() => 1000),
          memoriesMb: range(taskCount).map(() => 2048),
        },
      ],
      download: [],
      upload: [],
      startup: [],
    },
  }));
const optionsOf = (options) => parseBacktest({ arguments: [], options });

/** Quantiles of the standard normal distribution. */
const Z = { 0.5: 0, 0.75: 0.6744897501960817, 0.9: 1.2815515655446004, 0.95: 1.6448536269514722 };

/** Lognormal tasks: the loss of each strategy less that of the true quantile, on the same runs. */
function checkOracle(taskCount, times) {
  const options = optionsOf({ tau: ['p50', 'p90'], strategy: ['own,last=1', 'regression'] });
  const excess = new Map();
  const normal = createNormal(createRandom(19));
  for (let i = 0; i < times; i++) {
    const facts = makeRuns(16, taskCount, () => 100 * Math.exp(0.3 * normal()));
    const oracle = new Map(
      options.taus.map((tau) => {
        const quantileMs = 100 * Math.exp(0.3 * Z[tau]);
        const losses = facts.slice(1).map(({ observations: { execution } }) => {
          const [{ durationsMs }] = execution;
          return sum(durationsMs.map((ms) => pinballLoss(tau, quantileMs, ms))) / sum(durationsMs);
        });
        return [tau, mean(losses)];
      }),
    );
    for (const { strategy, tau, loss } of analyzeBacktest(facts, options, i).result.scores) {
      const key = `${strategy} p${100 * tau}`;
      if (!excess.has(key)) excess.set(key, []);
      excess.get(key).push(loss / oracle.get(tau) - 1);
    }
  }
  for (const [key, own] of excess) {
    // Of a dozen pairs none is to be better by chance: 3.5 standard errors.
    const better = own.filter((x) => x < 0).length / own.length;
    hold(
      mean(own) > -3.5 * errorOf(own),
      `${taskCount} tasks a run, ${key}: loses ${percent(mean(own))} ± ${percent(errorOf(own))} against the true quantile; luckier in ${percent(better)} of ${own.length}`,
    );
  }
}
if (isAsked('oracle')) {
  checkOracle(8, repetitions);
  checkOracle(40, Math.ceil(repetitions / 10));
}

/** Times change threefold, or do not, half way. */
function checkDrift(factor) {
  const random = createRandom(5);
  const times = Math.ceil(repetitions / 10);
  const told = { better: 0, worse: 0 };
  const skills = [];
  for (let i = 0; i < times; i++) {
    const facts = makeRuns(60, 5, (run) => (run < 30 ? 100 : 100 * factor) * (0.8 + 0.4 * random()));
    const { scores } = analyzeBacktest(facts, optionsOf({ tau: ['p90'] }), i).result;
    const { skillFraction, outcome } = scores.find(
      ({ strategy, quantity }) => strategy === 'pooled-half-life-5' && quantity === 'execution',
    );
    skills.push(skillFraction);
    if (outcome === 'different') told[skillFraction > 0 ? 'better' : 'worse']++;
  }
  const text = `drift ${factor}-fold at run 30 of 60: recency has a skill of ${percent(mean(skills))} on average, is called better in ${percent(told.better / times)}, worse in ${percent(told.worse / times)} of ${times}`;
  const isRight = factor === 1 ? told.better / times <= 0.05 : mean(skills) > 3.5 * errorOf(skills) && told.worse === 0;
  hold(isRight, text);
}
if (isAsked('drift')) for (const factor of [3, 1.6, 1]) checkDrift(factor);

/** E of the pinball loss of the linear quantile of n uniforms on (0, 1), by the moments of order statistics (David & Nagaraja 2003). */
function uniformLoss(n, tau) {
  const place = (n - 1) * tau;
  const [k, part] = [Math.floor(place) + 1, place - Math.floor(place)];
  const covariance = (i, j) => (i * (n + 1 - j)) / ((n + 1) ** 2 * (n + 2));
  const centre = (k + part) / (n + 1);
  const next = Math.min(k + 1, n);
  const variance =
    (1 - part) ** 2 * covariance(k, k) +
    part ** 2 * covariance(next, next) +
    2 * part * (1 - part) * covariance(k, next);
  return (centre ** 2 + variance) / 2 - tau * centre + tau / 2;
}

/** Uniform tasks of 95 to 105 ms, so that all runs take about as long: what less history loses against all of it. */
function checkKept() {
  const [runCount, taskCount, times] = [40, 5, Math.ceil(repetitions / 4)];
  const random = createRandom(8);
  const options = { ...optionsOf({ tau: ['p50', 'p90'] }), withBudget: true };
  const found = new Map();
  for (let i = 0; i < times; i++) {
    const facts = makeRuns(runCount, taskCount, () => 95 + 10 * random());
    for (const { kept, amount, tau, skillFraction } of analyzeBacktest(facts, options, i).result.budget) {
      const key = `${kept} ${amount} ${tau}`;
      if (!found.has(key)) found.set(key, []);
      found.get(key).push(skillFraction);
    }
  }
  for (const [key, skills] of found) {
    const [kept, amount, tau] = [key.split(' ')[0], Number(key.split(' ')[1]), Number(key.split(' ')[2])];
    if (kept === 'sketch') continue;
    const most = kept === 'newest-runs' ? amount * taskCount : amount;
    const lossOf = (limit) =>
      mean(range(runCount - 1).map((run) => uniformLoss(Math.min(limit, (run + 1) * taskCount), tau)));
    const theory = 1 - lossOf(most) / lossOf(Number.POSITIVE_INFINITY);
    const text = `${kept} ${amount} at p${100 * tau}: skill ${percent(mean(skills))} ± ${percent(errorOf(skills))}, by theory ${percent(theory)}`;
    hold(Math.abs(mean(skills) - theory) < 3.5 * errorOf(skills), text);
  }
}
if (isAsked('kept')) checkKept();

/** 30 runs with 4 tasks at two positions, three sizes in turn, errors of runs and tasks. */
const simulateTasks = ({ exponent, neighbour, drift, bound = 0 }, normal) =>
  range(30).flatMap((run) => {
    const ofRun = 0.1 * normal();
    const submittedAtMs = run * 70;
    return range(4).map((i) => {
      const memoryMb = bound === 1 ? 1024 * (1 + (i % 2)) : 1024 * 2 ** ((run * 7 + bound * i) % 3);
      const [beside, bytes] = [Math.abs(normal()), Math.exp(10 + 0.5 * normal())];
      const log =
        5 +
        (i % 2) -
        exponent * Math.log(memoryMb / 1024) +
        neighbour * beside +
        0.4 * Math.log(bytes) +
        (submittedAtMs >= 1000 ? drift : 0) +
        ofRun +
        0.1 * normal();
      return {
        runId: String(run),
        planner: `P${run % 2}`,
        position: String(i % 2),
        submittedAtMs,
        row: [memoryMb, Math.exp(log), beside, bytes],
      };
    });
  });

function checkMemory(exponent) {
  const normal = createNormal(createRandom(11 + 10 * exponent));
  const held = { exponent: 0, neighbour: 0, drift: 0 };
  const verdicts = { helps: 0, 'no-help': 0, 'cannot-tell': 0 };
  const holds = (own, truth) => Number(own.ciLow <= truth && truth <= own.ciHigh);
  for (let i = 0; i < repetitions; i++) {
    const tasks = simulateTasks({ exponent, neighbour: 0.1, drift: 0.5 }, normal);
    const own = fitFunction(
      { workflow: 'w', structure: 's', functionName: 'f', tasks, criticalPathFraction: 0.5 },
      1000,
      (mb) => mb,
    );
    held.exponent += holds(own, exponent);
    held.neighbour += holds(own.neighbourFactor, Math.exp(0.1));
    held.drift += holds(own.driftFactor, Math.exp(0.5));
    verdicts[own.verdict]++;
  }
  const shares = Object.values(held).map((count) => count / repetitions);
  hold(
    shares.every(isHeld),
    `memory, exponent ${exponent}: intervals hold exponent, neighbour factor and drift in ${shares.map(percent).join(', ')}; verdicts ${JSON.stringify(verdicts)}`,
  );
}
function checkConfounded() {
  const normal = createNormal(createRandom(3));
  let reported = 0;
  for (let i = 0; i < repetitions; i++) {
    const tasks = simulateTasks({ exponent: 0, neighbour: 0.1, drift: 0, bound: 1 }, normal);
    const own = fitFunction(
      { workflow: 'w', structure: 's', functionName: 'f', tasks, criticalPathFraction: 0.5 },
      null,
      (mb) => mb,
    );
    if (own.reason === 'confounded' && own.exponent === null && own.verdict === 'cannot-tell') reported++;
  }
  hold(
    reported === repetitions,
    `memory, size that goes with the position: reported in ${percent(reported / repetitions)}`,
  );
}
if (isAsked('memory')) {
  for (const exponent of [0, 0.3, 1]) checkMemory(exponent);
  checkConfounded();
}

/** One fan-out of 100 ms + 40 ms a worker + 5 ms a child; makespans with the root of the width; bytes of DAGs by tasks and edges. */
const simulateGrowth = (normal) =>
  range(48).map((i) => {
    const ofRun = 10 * normal();
    const width = 4 + (i % 24);
    const nodeCount = 10 + (i % 24);
    const edgeCount = 2 * nodeCount + ((i % 24) % 3);
    const traits = { planner: 'P', workflow: 'w', structure: `s${i % 24}`, nodeCount, sinkWaitMissing: false };
    return {
      run: { runId: String(i), submittedAtMs: i, clocks: null, traits, origin: { uri: 'made up', line: i + 1 } },
      makespanMs: 1000 * width ** 0.5 * Math.exp(0.05 * normal()),
      executionMs: 1000 * width * Math.exp(0.05 * normal()),
      width,
      edgeCount,
      dagBytes: 500 + 90 * nodeCount + 30 * edgeCount + 4 * normal(),
      fanouts: range(3).map((j) => {
        const [children, workers] = [4 + ((i + j) % 5), 1 + ((2 * i + 3 * j) % 4)];
        const lastMs = 100 + 40 * workers + 5 * children + ofRun + 10 * normal();
        return [children, workers, lastMs / 2, lastMs];
      }),
      leftOut: [],
      waitingCount: 0,
    };
  });

function checkScaling() {
  const normal = createNormal(createRandom(2));
  const truths = {
    'ms a worker': 40,
    'ms a child': 5,
    'exponent of width': 0.5,
    'bytes a task': 90,
    'bytes an edge': 30,
  };
  const found = Object.fromEntries(Object.keys(truths).map((key) => [key, []]));
  const intercepts = [];
  for (let i = 0; i < repetitions; i++) {
    const { fanouts, makespans, dag } = analyzeScaling(simulateGrowth(normal)).result;
    const [{ last }] = fanouts;
    const slopes = [last.perWorker, last.perChild, makespans[0].makespan, dag.bytesPerTask, dag.bytesPerEdge];
    for (const [place, key] of Object.keys(truths).entries()) found[key].push(slopes[place]);
    intercepts.push(last.interceptMs);
  }
  for (const [key, truth] of Object.entries(truths)) {
    const own = found[key];
    const share = own.filter(({ ciLow, ciHigh }) => ciLow <= truth && truth <= ciHigh).length / repetitions;
    const estimates = own.map(({ estimate }) => estimate);
    hold(
      isHeld(share) && Math.abs(mean(estimates) - truth) < 3.5 * errorOf(estimates),
      `scaling, ${key}: ${mean(estimates).toFixed(3)} on average of ${truth}, its interval holds it in ${percent(share)}`,
    );
  }
  hold(
    Math.abs(mean(intercepts) - 100) < 3.5 * errorOf(intercepts),
    `scaling, intercept: ${mean(intercepts).toFixed(2)} ms on average of 100`,
  );
}
if (isAsked('scaling')) checkScaling();
