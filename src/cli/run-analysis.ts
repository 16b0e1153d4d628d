import type { AnalysisDefinition, AnyAnalysis, AnyRowAnalysis, RawOptions } from '../analyses/analysis.ts';
import { type Gate, judgeGates, parseGate } from '../analyses/gate.ts';
import type { Loaded } from '../engine/collect.ts';
import { type LoadRequest, loadFacts } from '../engine/load.ts';
import { prepareQuestion, type Question } from '../engine/question.ts';
import { UserError } from '../errors.ts';
import { wordFilter } from '../model/filter.ts';
import { type NamedPlace, refuseSharedPlaces } from '../output/destination.ts';
import { checkDestination, writeWhole } from '../output/write.ts';
import { type Document, FORMATS, type RenderSettings, type Report } from '../render/index.ts';
import type { SourceSettings } from '../sources/index.ts';
import type { View } from '../view/view.ts';
import { askForPlanners } from './ask-for-planners.ts';
import { type CommonFlags, joinOr, listFlagsOf, listFormats } from './common-flags.ts';
import { completeQuestion } from './complete-question.ts';
import { composeReport } from './compose-report.ts';
import { loadFonts } from './fonts.ts';
import { colourLevel, type Io, STATUS, say, terminalColumns } from './io.ts';
import { chartFormat, outputFormat, parseNumbers, parseOutput, parseSourceSettings } from './options.ts';
import { listInputPlaces, listReadPlaces, planLoading } from './plan-loading.ts';
import { pickMapFlags } from './read-map.ts';
import { reportIssues, wordUnread } from './report-issues.ts';

/** The stages of every analysis, from flags to exit status, top to bottom. */
export async function runAnalysis(
  definition: AnalysisDefinition,
  given: RawOptions,
  givenFlags: CommonFlags,
  io: Io,
): Promise<number> {
  const { question, flags, completed } = await completeQuestion(definition, given, givenFlags, io);
  const { columns, top, ...numbers } = parseNumbers(flags);
  const gates = (flags.failOn ?? []).map(parseGate);
  const outputs = planOutputs(definition, flags, io);
  const digest = outputs.some(({ format }) => FORMATS[format]?.provenance);
  const request = await planLoading(flags, io, question, { digest });
  await askForPlanners(definition, question, request);
  await refuseSharedPlaces(outputs, listInputPlaces(request, completed.raw, completed.flags));
  const { analysis, options, loaded } = await loadFor(definition, question, request);
  await refuseSharedPlaces(outputs, listReadPlaces(loaded.inputs));
  reportIssues(loaded, io);

  const outcome = analysis.analyze(loaded.facts, options, numbers.seed);
  const judged = judgeGates(gates, analysis.gateQuantities?.(outcome.result) ?? []);
  const report = composeReport(definition.name, analysis, loaded, outcome, {
    raw: { ...question.raw, options: { ...question.raw.options, ...pickMapFlags({ ...flags }) } },
    filters: wordFilter(question.filter),
    ...numbers,
    judged,
  });
  const view = analysis.view(outcome, options);
  sayIdle(givenFlags, outputs, io);
  if (outputs.some(({ format }) => FORMATS[format]?.rowsOnly)) sayWarnings(report.warnings, io);
  await writeOutputs(
    outputs,
    report,
    view,
    {
      columns: columns ?? terminalColumns(io),
      rows: { top, all: flags.all === true, sort: flags.sort ?? null },
      quiet: flags.quiet === true,
      colourLevel: flags.output || flags.color === false ? 0 : colourLevel(io),
      theme: flags.theme ?? 'light',
      ...numbers,
      chartKind: flags.chartKind ?? null,
      // Commander gives `--no-title` as `false` under the same name.
      title: (flags.title as string | false | undefined) ?? null,
      outline: flags.outline ?? false,
      loadFonts: () => loadFonts(flags.font),
      warn: onceEach((message) => say(io, `wfa: ${message}`)),
    },
    parseSourceSettings(flags),
    io,
  );
  return chooseStatus(judged, gates, flags.strict ? wordUnread(loaded) : null, io);
}

/** Says what limits the figures, where an output has no place for it; notes are only counted. */
function sayWarnings(warnings: Report['warnings'], io: Io): void {
  const [limits, notes] = ['warning', 'note'].map((severity) => [
    ...new Set(warnings.filter((warning) => warning.severity === severity).map(({ message }) => message)),
  ]) as [string[], string[]];
  for (const message of limits) say(io, `wfa: warning: ${message}`);
  if (notes.length > 0)
    say(io, `wfa: ${notes.length === 1 ? '1 note' : `${notes.length} notes`}: --format json or table`);
}

/** Says which flags do nothing, because there is nothing that they are for. */
function sayIdle(given: CommonFlags, outputs: readonly PlannedOutput[], io: Io): void {
  const hasTable = outputs.some(({ format }) => format === 'table' || format === 'markdown');
  const hasChart = outputs.some(({ format }) => FORMATS[format]?.chart);
  const [ofCharts, ofTables] = [listFlagsOf('chart', given), listFlagsOf('table', given)];
  if (!hasChart && ofCharts.length > 0) {
    say(io, `wfa: ${ofCharts.join(', ')}: there is no chart for it; --chart FILE.svg draws one`);
  }
  if (!hasTable && ofTables.length > 0) {
    say(io, `wfa: ${ofTables.join(', ')}: there is no table for it; ${outputs.at(-1)?.format} holds everything`);
  }
}

/** Several charts lack the same: it is said once. */
function onceEach(tell: (message: string) => void): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    if (!told.has(message)) tell(message);
    told.add(message);
  };
}

interface LoadedFor {
  readonly analysis: AnyAnalysis | AnyRowAnalysis;
  readonly options: unknown;
  readonly loaded: Loaded<unknown>;
}

/** An analysis of rows takes the place of that of runs where its option is given. */
async function loadFor({ rows }: AnalysisDefinition, question: Question, request: LoadRequest): Promise<LoadedFor> {
  const raw = rows ? await completeMap(rows.option, question.raw, request) : null;
  if (rows && raw !== null) {
    const analysis = await rows.load();
    const options = analysis.parseOptions(raw);
    const { loadRows } = await import('../engine/load-rows.ts');
    return { analysis, options, loaded: await loadRows(request, analysis, options) };
  }
  // The analysis is loaded while threads start to read for it.
  const preparing = prepareQuestion(question);
  const loaded = await loadFacts(
    request,
    preparing.then(({ extraction }) => extraction),
  );
  const { analysis, options } = await preparing;
  return { analysis, options, loaded };
}

/** A log that a platform's own tool has written needs no map; `null`: neither is there one nor is one given. */
async function completeMap(option: string, raw: RawOptions, request: LoadRequest): Promise<RawOptions | null> {
  if (raw.options[option] !== undefined) return raw;
  const { findLogMap } = await import('../engine/load-rows.ts');
  const map = await findLogMap(request);
  return map === null ? null : { ...raw, options: { ...raw.options, [option]: [map], timeUnit: 'ms' } };
}

interface PlannedOutput extends NamedPlace {
  readonly format: string;
}

/** Everything that can be wrong with the outputs is said before anything is read. */
function planOutputs(definition: AnalysisDefinition, flags: CommonFlags, io: Io): PlannedOutput[] {
  const path = parseOutput(flags.output);
  const outputs = [
    ...(flags.chart ?? []).map((chart) => ({ flag: '--chart', format: chartFormat(chart), place: chart })),
    { flag: path === null ? 'standard output' : '--output', format: flags.format ?? outputFormat(path), place: path },
  ];
  for (const output of outputs) {
    if (output.place !== null) checkDestination(output.place);
    const format = FORMATS[output.format];
    if (format?.chart && Object.keys(definition.chartKinds).length === 0) {
      throw new UserError('no-chart', `wfa ${definition.name} has no chart.`, {
        hint: `Ask for ${joinOr(listFormats(definition))}.`,
      });
    }
    if (format?.binary && output.place === null && io.stdout.isTTY) {
      throw new UserError('terminal-output', `${output.format} is not for a terminal.`, {
        hint: 'Add --output FILE, or pipe it on.',
      });
    }
  }
  return outputs;
}

/** Everything is rendered before anything is written, files before standard output: an error leaves nothing half done. */
async function writeOutputs(
  outputs: readonly PlannedOutput[],
  report: Report,
  view: View,
  settings: RenderSettings,
  destinations: SourceSettings,
  io: Io,
): Promise<void> {
  const documents = [];
  for (const { format, place } of outputs) {
    const render = await FORMATS[format]?.load();
    if (!render) throw new Error(`no renderer for ${format}`);
    documents.push({ place, format, document: await render(report, view, settings) });
  }
  for (const { place, format, document } of documents) if (place === null) refuseFlood(format, document, io);
  for (const { place, document } of documents) if (place !== null) await writePlace(place, document, destinations, io);
  for (const { place, document } of documents) if (place === null) await writeWhole(null, document, destinations, io);
}

/** Somebody who looks on is told what was written. */
async function writePlace(place: string, document: Document, destinations: SourceSettings, io: Io): Promise<void> {
  await writeWhole(place, document, destinations, io);
  if (io.stderr.isTTY) say(io, `wfa: ${place} written`);
}

/** Characters of a document for machines that a terminal takes at most: some ten screens. */
const MOST_FOR_TERMINAL = 30_000;

/** Tables are for terminals, however long they were asked to be. */
function refuseFlood(format: string, document: Document, io: Io): void {
  if (!io.stdout.isTTY || format === 'table' || format === 'markdown') return;
  const length = typeof document === 'string' || document instanceof Uint8Array ? document.length : null;
  if (length !== null && length <= MOST_FOR_TERMINAL) return;
  const size = length === null ? 'such a length' : `${Math.round(length / 1000)} kB`;
  throw new UserError('terminal-output', `${format} of ${size} is too much for a terminal.`, {
    hint: 'Add --output FILE, or pipe it on.',
  });
}

function chooseStatus(judged: Report['gates'], gates: readonly Gate[], unread: string | null, io: Io): number {
  for (const { gate, of, verdict, reason } of judged) {
    if (verdict === 'tripped') say(io, `wfa: gate ${gate} tripped (${of})`);
    if (verdict === 'undecided') say(io, `wfa: gate ${gate} cannot be decided (${of}): ${reason}`);
  }
  if (unread !== null) {
    say(io, `wfa: --strict: some ${unread} could not be read`);
    return STATUS.failed;
  }
  if (judged.some(({ verdict }) => verdict === 'tripped')) return STATUS.tripped;
  return gates.length > 0 && judged.some(({ verdict }) => verdict === 'undecided') ? STATUS.undecided : STATUS.done;
}
