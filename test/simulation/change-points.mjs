/**
 * How often `wfa accuracy` finds a change where there is none, and where there is one: its tests on series of known truth, and on
 * real runs whose order is shuffled within workloads, through the real stages.
 *
 *     node test/simulation/change-points.mjs [--repetitions 2000] [--data FILE.ndjson.gz]… [--shuffles 200]
 *
 * Seeded; exits with 1 when a rate is outside what it has to be: at most 5 % alarms, with lag-1 autocorrelation 0.4 at most 7 %
 * (and two standard errors), and a tenfold slow-down in the last 10 of 20 runs found in at least 95 %.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { importSource } from '../bench/import-source.mjs';

const { values: flags } = parseArgs({
  options: {
    repetitions: { type: 'string', default: '2000' },
    shuffles: { type: 'string', default: '200' },
    data: { type: 'string', multiple: true },
  },
});
const sample = (name) => fileURLToPath(new URL(`../../samples/${name}.ndjson.gz`, import.meta.url));
const REPETITIONS = Number(flags.repetitions);
const SHUFFLES = Number(flags.shuffles);

const wfa = await importSource(
  'analyses/accuracy/analyze.ts',
  'analyses/accuracy/extract.ts',
  'analyses/accuracy/options.ts',
  'octoflows/parse-run.ts',
  'model/group-by.ts',
  'model/run-facts.ts',
  'stats/change-point.ts',
  'stats/gradual-trend.ts',
  'stats/random.ts',
);
let fine = true;
function report(name, rate, count, [low, high]) {
  const slack = 2 * Math.sqrt((0.05 * 0.95) / count);
  const holds = rate >= low && rate <= high + slack;
  fine &&= holds;
  process.stdout.write(
    `${holds ? 'ok  ' : 'BAD '} ${name.padEnd(66)} ${(100 * rate).toFixed(1).padStart(5)} % of ${count}\n`,
  );
}

for (const [planners, slas] of [
  [1, 1],
  [4, 4],
]) {
  for (const rho of [0, 0.4]) {
    for (const runCount of [16, 20, 29, 40, 60, 100]) {
      const bound = rho === 0 ? [0, 0.05] : [0, 0.07];
      const name = `${runCount} runs, ${planners} planners × ${slas} SLAs, autocorrelation ${rho}`;
      const found = simulate(runCount, planners, slas, rho, () => 0);
      report(`${name}: step`, found.steps, REPETITIONS, bound);
      if (runCount < 30) report(`${name}: trend`, found.trends, REPETITIONS, bound);
    }
  }
  const slowed = simulate(20, planners, slas, 0, (i) => (i < 10 ? 0 : Math.log(10) / 0.3));
  report(
    `tenfold from run 11 of 20, spread 0.3, ${planners} planners × ${slas} SLAs`,
    slowed.steps,
    REPETITIONS,
    [0.95, 1],
  );
  const incident = simulate(60, planners, slas, 0, (i) => (i < 20 || i >= 40 ? 0 : Math.log(2) / 0.2));
  report(
    `twofold in runs 21 to 40 of 60, spread 0.2, ${planners} planners × ${slas} SLAs`,
    incident.steps,
    REPETITIONS,
    [0.9, 1],
  );
}
for (const file of flags.data ?? [sample('older'), sample('newer')]) shuffleRuns(file);
process.exitCode = fine ? 0 : 1;

/** Rates at which steps and trends are found in series of a first-order process of variance 1, moved by `shift`. */
function simulate(runCount, planners, slas, rho, shift) {
  const random = wfa.createRandom(runCount * 1000 + planners * 10 + rho * 10);
  const normal = wfa.createNormal(random);
  const draw = (levels) => Int32Array.from({ length: runCount }, () => Math.floor(random() * levels));
  let [steps, trends] = [0, 0];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    let noise = normal();
    const series = Array.from({ length: runCount }, (_, i) => {
      noise = rho * noise + Math.sqrt(1 - rho * rho) * normal();
      return noise + shift(i);
    });
    const factors = [draw(planners), draw(slas)];
    if (wfa.findChangePoints(series, factors, 0.05).changePoints.length > 0) steps++;
    if (runCount < 30 && (wfa.findGradualTrend(series, factors)?.pValue ?? 1) < 0.05) trends++;
  }
  return { steps: steps / REPETITIONS, trends: trends / REPETITIONS };
}

/** Alarms over all series of a quantity together, which is what Holm keeps at 5 %, where runs have changed places. */
function shuffleRuns(file) {
  const options = wfa.parseAccuracy({ arguments: [], options: {} });
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  const facts = lines.flatMap((line, i) => {
    const { run } = wfa.parseRun(JSON.parse(line), { uri: file, line: i + 1 }, 'runs');
    return run ? [wfa.extractAccuracy(run, wfa.describeRun(run), options)] : [];
  });
  const random = wfa.createRandom(7);
  const workloads = wfa.groupBy(
    facts,
    ({ run }) => run.traits.workflow,
    ({ run }) => run.traits.structure,
  );
  const alarms = new Map(options.quantities.map(({ key }) => [key, 0]));
  for (let i = 0; i < SHUFFLES; i++) {
    const shuffled = workloads.flatMap((own) => exchangeInstants(own, random));
    const { result } = wfa.analyzeAccuracy(shuffled, options);
    const changed = new Set(result.changeTests.filter((test) => test.changed).map(({ quantity }) => quantity));
    for (const quantity of changed) alarms.set(quantity, alarms.get(quantity) + 1);
  }
  for (const [quantity, count] of alarms) {
    report(`${file.split('/').at(-1)}, shuffled: any change of ${quantity}`, count / SHUFFLES, SHUFFLES, [0, 0.05]);
  }
}

function exchangeInstants(own, random) {
  const instants = own.map(({ run }) => run.submittedAtMs);
  for (let i = instants.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [instants[i], instants[j]] = [instants[j], instants[i]];
  }
  return own.map((fact, i) => ({ ...fact, run: { ...fact.run, submittedAtMs: instants[i] } }));
}
