/**
 * How often `wfa sla` finds a difference between levels where there is none: real runs whose levels are shuffled among the runs of
 * the same workflow, structure and planner, through the real stages. Without --data: the bundled runs.
 *
 *     node test/simulation/sla-false-alarms.mjs [--data FILE.ndjson.gz]… [--repetitions 1000] [--seed 1]
 *
 * Exits with 1 when a rate over the levels of a metric is outside 3 to 7 %.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { importSource } from '../bench/import-source.mjs';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', multiple: true },
    repetitions: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});
const sample = (name) => fileURLToPath(new URL(`../../samples/${name}.ndjson.gz`, import.meta.url));
const files = flags.data ?? [sample('older'), sample('newer')];
const REPETITIONS = Number(flags.repetitions);
const BOUNDS = [0.03, 0.07];

const { analyzeSla, extractSla, parseSla, parseRun, describeRun, createRandom, groupBy } = await importSource(
  'analyses/sla/analyze.ts',
  'analyses/sla/extract.ts',
  'analyses/sla/options.ts',
  'octoflows/parse-run.ts',
  'model/run-facts.ts',
  'model/group-by.ts',
  'stats/random.ts',
);
const options = parseSla({ arguments: [], options: {} });
let fine = true;
for (const file of files) {
  const rates = simulate(readFacts(file), createRandom(Number(flags.seed)));
  for (const [name, { count, tested }] of rates) {
    const rate = count / tested;
    const holds = rate >= BOUNDS[0] && rate <= BOUNDS[1];
    fine &&= holds;
    process.stdout.write(
      `${holds ? 'ok  ' : 'BAD '} ${file.split('/').at(-1).padEnd(24)} ${name.padEnd(28)} ${(100 * rate).toFixed(1).padStart(5)} % of ${tested}\n`,
    );
  }
}
process.exitCode = fine ? 0 : 1;

function readFacts(file) {
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  return lines.flatMap((line, i) => {
    const { run } = parseRun(JSON.parse(line), { uri: file, line: i + 1 }, 'runs');
    return run ? [extractSla(run, describeRun(run), options)] : [];
  });
}

/** Counts contrasts whose interval excludes no change, by metric, with and without adjustment. */
function simulate(facts, random) {
  const isLevel = ({ sla, run }) => typeof sla === 'number' && !/^wukong/i.test(run.traits.planner);
  const others = facts.filter((fact) => !isLevel(fact));
  const blocks = groupBy(
    facts.filter(isLevel),
    ({ run }) => run.traits.workflow,
    ({ run }) => run.traits.structure,
    ({ run }) => run.traits.planner,
  );
  const rates = new Map();
  const add = (name, change) => {
    if (change.ciLow === null) return;
    const rate = rates.get(name) ?? { count: 0, tested: 0 };
    rate.tested++;
    if (change.ciLow > 0 || change.ciHigh < 0) rate.count++;
    rates.set(name, rate);
  };
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const { result } = analyzeSla([...others, ...blocks.flatMap((block) => shuffleLevels(block, random))], options, 1);
    for (const contrast of result.contrasts) {
      add(contrast.metric, contrast);
      add(`${contrast.metric} (adjusted)`, contrast.adjusted);
    }
  }
  return rates;
}

function shuffleLevels(block, random) {
  const levels = block.map(({ sla, run }) => ({ sla, label: run.traits.sla }));
  for (let i = levels.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [levels[i], levels[j]] = [levels[j], levels[i]];
  }
  return block.map((fact, i) => {
    const { sla, label } = levels[i];
    return { ...fact, sla, run: { ...fact.run, traits: { ...fact.run.traits, sla: label } } };
  });
}
