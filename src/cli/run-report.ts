import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import packageJson from '../../package.json' with { type: 'json' };
import type { RawOptions } from '../analyses/analysis.ts';
import { loadFacts } from '../engine/load.ts';
import { type JointFacts, prepareExtracting, splitFacts } from '../engine/question.ts';
import { UserError } from '../errors.ts';
import { parseFilter, wordFilter } from '../model/filter.ts';
import { refuseSharedPlaces } from '../output/destination.ts';
import { writeStdout } from '../output/standard-output.ts';
import { checkDestination, writeWhole } from '../output/write.ts';
import { createThinner } from '../report/choose-runs.ts';
import { composePage } from '../report/compose.ts';
import { RUN } from '../report/questions.ts';
import { packageRoot, showUri } from '../sources/index.ts';
import { wordCount } from '../view/words.ts';
import type { CommonFlags } from './common-flags.ts';
import { completeFlags } from './complete-flags.ts';
import { composeReport } from './compose-report.ts';
import { loadFonts } from './fonts.ts';
import { type Io, STATUS, say } from './io.ts';
import { parseCount, parseNumbers, parseOutput, parseSourceSettings } from './options.ts';
import { listInputPlaces, listReadPlaces, planLoading } from './plan-loading.ts';
import { poseReport, pricesOf } from './pose-report.ts';
import { inlinePrices } from './read-prices.ts';
import { REPORT } from './report-definition.ts';
import { reportIssues, wordUnread } from './report-issues.ts';
import { wordCommand } from './word-command.ts';

/** Single runs in a page, unasked and at most. */
const [USUAL_RUNS, MOST_RUNS] = [5, 100];

/**
 * Bytes of bytecode that a function runs before it is optimized: four times as many as by default (V8 11.3). A page runs much code a few
 * times, and to optimize all of it took a third of the time. From V8 12 on there is no such flag, and one compiler more that is quick.
 */
const INTERRUPT_BUDGET = 540_000;

/** `wfa report`: several questions in one pass over the data, as one page. Gives the exit status. */
export async function runReport(given: RawOptions, givenFlags: CommonFlags, io: Io): Promise<number> {
  if (Number.parseInt(process.versions.v8, 10) < 12) setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
  const { raw: completed, flags } = await completeFlags(REPORT, given, givenFlags, io);
  const raw = await inlinePrices(completed);
  const { arguments: named, options } = raw;
  const { seed } = parseNumbers(flags);
  const mostShownRuns = parseCount('--runs', options['runs'] as string | undefined, [0, MOST_RUNS]) ?? USUAL_RUNS;
  const place = planOutput(flags, io);
  const filter = parseFilter(flags);
  const question = poseReport(raw, filter);
  const request = await planLoading(flags, io, question, { digest: true });
  await refuseSharedPlaces([{ flag: '--output', place }], listInputPlaces(request, completed, flags));
  const thin = createThinner(mostShownRuns);
  const loaded = await loadFacts(request, prepareExtracting(question), (facts) => {
    const { run, of } = facts as JointFacts;
    thin(Object.assign(of[RUN] as never, { run }));
  });
  await refuseSharedPlaces([{ flag: '--output', place }], listReadPlaces(loaded.inputs));
  reportIssues(loaded, io);
  const facts = loaded.facts as readonly JointFacts[];
  const filters = wordFilter(filter);
  const page = await composePage({
    runs: facts.map(({ run }) => run),
    factsOf: (analysis) => splitFacts(facts, analysis),
    frame: ({ name, analysis, raw }, outcome) =>
      composeReport(name, analysis, loaded, outcome, { raw, filters, seed, judged: [] }),
    wordCommand: wordCommand(completed, flags, loaded.data),
    provenance: [
      ...loaded.inputs.map(({ uri, runCount }) => `${showUri(uri)}: ${wordCount(runCount, 'run')}`),
      ...filters.map((words) => `only ${words}`),
      `wfa ${packageJson.version}, seed ${seed}`,
    ],
    seed,
    prices: pricesOf(raw),
    named,
    mostShownRuns,
  });
  const { renderPage } = await import('../render/html/page.ts');
  const html = await renderPage(page, {
    isInteractive: options['interaction'] !== false,
    assets: await loadAssets(),
    loadFonts: () => loadFonts(flags.font),
    warn: () => {},
  });
  if (place === null) await writeStdout(io, html);
  else await writeWhole(place, html, parseSourceSettings(flags), io);
  if (place !== null && io.stderr.isTTY) say(io, `wfa: ${place} written`);
  return flags.strict && wordUnread(loaded) !== null ? STATUS.failed : STATUS.done;
}

/** Everything that can be wrong with the output is said before anything is read. */
function planOutput(flags: CommonFlags, io: Io): string | null {
  const place = parseOutput(flags.output);
  if (place !== null) checkDestination(place);
  if (place === null && io.stdout.isTTY) {
    throw new UserError('terminal-output', 'A page of HTML is not for a terminal.', {
      hint: 'As in: wfa report --data sample: -o report.html',
    });
  }
  return place;
}

/** Reads the style sheet and the script that the build put beside the bundle. */
async function loadAssets(): Promise<{ css: string; js: string }> {
  const read = (name: string) => readFile(join(packageRoot(), 'dist', name), 'utf8');
  const [css, js] = await Promise.all([read('report-page.css'), read('report-page.js')]);
  return { css: css.trimEnd(), js: js.trimEnd() };
}
