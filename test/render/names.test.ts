import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ANALYSES } from '../../src/analyses/list.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { renderSvg, renderVega, renderVegaLite } from '../../src/render/chart/chart.ts';
import type { Renderer, RenderSettings, Report } from '../../src/render/report.ts';
import { showName } from '../../src/view/show-text.ts';
import type { View } from '../../src/view/view.ts';
import { draws } from '../property-draws.ts';
import { type WholeRun as Run, sampleRuns } from '../sample-records.ts';
import { bundledFonts } from './bundled-fonts.ts';

/** Names of the things that charts name. */
interface Names {
  readonly workflow: string;
  readonly planner: string;
  readonly functionName: string;
}

/** One of each kind is renamed: the planner that every question is about, in the workflow that has all planners. */
const RENAMED: Names = { workflow: 'text_analysis', planner: 'UniformPlanner-opt', functionName: 'merge_word_counts' };

const QUESTIONS: Record<string, (names: Names) => { arguments: string[]; options: Record<string, string | boolean> }> =
  {
    compare: () => ({ arguments: ['NonUniformPlanner', RENAMED.planner], options: {} }),
    run: () => ({ arguments: [], options: { slowest: true, plan: true } }),
    claim: () => ({ arguments: [`${RENAMED.planner} vs NonUniformPlanner: makespan +4 %`], options: {} }),
    preload: ({ planner }) => ({ arguments: [], options: { planner, against: 'NonUniformPlanner' } }),
  };

function rename(run: Run, { workflow, planner, functionName }: Names): Run {
  const ofPlanner = (name: string) => (name === RENAMED.planner ? planner : name);
  return {
    ...run,
    workflow: run.workflow === RENAMED.workflow ? workflow : run.workflow,
    plan: run.plan && { ...run.plan, plannerName: ofPlanner(run.plan.plannerName) },
    nodes: run.nodes.map((node) => ({
      ...node,
      functionName: node.functionName === RENAMED.functionName ? functionName : node.functionName,
    })),
    tasks: run.tasks.map((task) => ({ ...task, plannerName: ofPlanner(task.plannerName) })),
  };
}

const RUNS = sampleRuns().filter(({ sourceLabel }, i) => sourceLabel === 'input' && i % 2 === 0);
const REPORT = { analysis: 'test', inputs: [], filters: [], options: {} } as unknown as Report;
const SETTINGS = {
  theme: 'light',
  width: 680,
  height: null,
  title: null,
  loadFonts: bundledFonts,
} as unknown as RenderSettings;

const CHARTS = ANALYSES.flatMap(({ name, chartKinds }) => Object.keys(chartKinds).map((kind) => ({ name, kind })));

/** A selector on the command line cannot say every name: commas separate its parts. */
const withCandidate = (parsed: object, planner: string): object => {
  const candidate = { asked: planner, clauses: [{ key: 'planner', asked: planner, negated: false }] };
  if ('candidates' in parsed) return { ...parsed, candidates: [candidate] };
  return 'claims' in parsed
    ? { ...parsed, claims: (parsed.claims as object[]).map((claim) => ({ ...claim, candidate })) }
    : parsed;
};

const VIEWS = new Map<string, Promise<View>>();

/** The kinds of one analysis are drawn from one answer. */
function viewOf(name: string, names: Names): Promise<View> {
  const key = JSON.stringify([name, names]);
  const view = VIEWS.get(key) ?? answer(name, names);
  VIEWS.set(key, view);
  return view;
}

async function answer(name: string, names: Names): Promise<View> {
  const definition = ANALYSES.find((candidate) => candidate.name === name);
  if (!definition) throw new Error(`no analysis ${name}`);
  const analysis = await definition.load();
  const parsed = analysis.parseOptions(QUESTIONS[name]?.(names) ?? { arguments: [], options: {} });
  const options = withCandidate(parsed as object, names.planner);
  const facts = RUNS.map((run) => rename(run, names)).map((run) => analysis.extract(run, describeRun(run), options));
  return analysis.view(analysis.analyze(facts, options, 1), options);
}

const draw = async (render: Renderer, view: View, kind: string): Promise<string> =>
  (await render(REPORT, view, { ...SETTINGS, chartKind: kind })) as string;

const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/gs)].map(([, text = '']) =>
    text
      .replace(/<\/?tspan[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&'),
  );

const withoutSpaces = (text: string) => text.replace(/\s/gu, '');

/** Whether a name is drawn: whole, broken into lines, or with its end, middle or beginning missing. */
function isDrawn(name: string, texts: readonly string[]): boolean {
  // A name that is cut in a sentence may take a comma with it.
  if ([...name].length > 300) return texts.some((text) => text.includes([...name].slice(0, 12).join('')));
  const whole = withoutSpaces(showName(name));
  if (withoutSpaces(texts.join('')).includes(whole)) return true;
  return texts.map(withoutSpaces).some((text) => {
    const [head = '', tail, ...others] = text.replace(/#\d+$/, '').split('…');
    // Words may stand before a name that is cut.
    const begins = [...head].some((_, i) => whole.startsWith([...head].slice(i).join('')));
    return (
      tail !== undefined && others.length === 0 && text !== '…' && begins && whole.endsWith(tail.replace(/\)$/, ''))
    );
  });
}

/** Text that XML 1.0 cannot hold. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

async function expectNamed(name: string, kind: string, names: Names): Promise<void> {
  const svg = await draw(renderSvg, await viewOf(name, names), kind);
  expect(svg).not.toMatch(NOT_XML);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  const texts = textsOf(svg);
  for (const key of await listNamed(name, kind))
    expect(isDrawn(names[key], texts), `${key} ${showName(names[key])} of ${kind}`).toBe(true);
}

const NAMED = new Map<string, Promise<('workflow' | 'functionName')[]>>();

/** The kinds of names that a chart draws: what it draws under the names of the sample, it has to draw under any other. */
function listNamed(name: string, kind: string) {
  const known = NAMED.get(`${name} ${kind}`);
  const named =
    known ??
    viewOf(name, RENAMED)
      .then((view) => draw(renderSvg, view, kind))
      .then((svg) => (['workflow', 'functionName'] as const).filter((key) => isDrawn(RENAMED[key], textsOf(svg))));
  NAMED.set(`${name} ${kind}`, named);
  return named;
}

/** Names that mean something to JavaScript, to Vega, to XML or to a terminal. */
const MEANINGFUL = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'datum.value',
  "'] + alert(1) + ['",
  '"); throw 1; ("',
  '\\',
  'a.b[0]["c"]',
  'a\u2028b\u2029c',
  'a\nb · c',
  '<script>&amp;',
  'ge\u0003mm\u0000\ufffe\ud800',
  '\u202eabc\u200b',
  'null',
  'Symbol()',
  '0',
  '行列 😀 e\u0301',
  'x'.repeat(100_000),
];

test.each(CHARTS)(
  '$name draws its $kind under names that mean something elsewhere',
  { timeout: 240_000 },
  async ({ name, kind }) => {
    for (let i = 0; i < MEANINGFUL.length; i += 3) {
      const [workflow = '?', planner = 'a.b', functionName = "'"] = MEANINGFUL.slice(i, i + 3);
      await expectNamed(name, kind, { workflow, planner, functionName });
    }
  },
);

const ANY_NAME = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('"', "'", '\\', '`', '$', '{', '}', '[', ']', '.', '\u2028', '\n', 'd'),
    minLength: 1,
  }),
);

test.each(CHARTS)('$name draws its $kind under any name', { timeout: 240_000 }, async ({ name, kind }) => {
  await fc.assert(
    fc.asyncProperty(fc.record({ workflow: ANY_NAME, planner: ANY_NAME, functionName: ANY_NAME }), async (names) => {
      await expectNamed(name, kind, names);
    }),
    { numRuns: draws(3) },
  );
});

/** Paths of the strings in a specification that hold a text. */
function findStrings(node: unknown, text: string, path: readonly string[] = []): string[][] {
  if (typeof node === 'string') return node.includes(text) ? [[...path]] : [];
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, part]) => [
    ...(key.includes(text) ? [[...path, key]] : []),
    ...findStrings(part, text, [...path, key]),
  ]);
}

describe('names reach Vega as data only', () => {
  const SENTINEL = 'Qzx';
  const names = { workflow: `${SENTINEL}Workflow`, planner: `${SENTINEL}Planner`, functionName: `${SENTINEL}Function` };

  it.each(CHARTS)('in the $kind of $name', { timeout: 60_000 }, async ({ name, kind }) => {
    const view = await viewOf(name, names);
    const [vegaLite, vega] = await Promise.all([draw(renderVegaLite, view, kind), draw(renderVega, view, kind)]);
    for (const text of [SENTINEL, SENTINEL.toLowerCase()]) {
      for (const path of [...findStrings(JSON.parse(vegaLite), text), ...findStrings(JSON.parse(vega), text)]) {
        const where = path.join('.').replace(/\d+/g, 'n');
        expect(where).toMatch(
          /(^|\.)title\.(sub)?(text|title)(\.(sub)?text)?(\.n)?$|^title\.subtitle\.n$|\.values\.n\.(text|about)$/,
        );
      }
    }
  });
});
