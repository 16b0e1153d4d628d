import { describe, expect, test } from 'vitest';
import { ANALYSES } from '../../src/analyses/list.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { renderSvg, sizeOf } from '../../src/render/chart/chart.ts';
import { openPicture } from '../../src/render/chart/resvg.ts';
import type { RenderSettings, Report, ThemeName } from '../../src/render/report.ts';
import type { View } from '../../src/view/view.ts';
import { type WholeRun as Run, sampleRuns } from '../sample-records.ts';
import { bundledFonts } from './bundled-fonts.ts';

/** What the analyses with arguments of their own are asked; `long` is put behind the planners' names. */
const QUESTIONS: Record<
  string,
  (long: string) => { arguments: string[]; options: Record<string, string | boolean | string[]> }
> = {
  compare: (long) => ({ arguments: [`UniformPlanner${long}`, `NonUniformPlanner${long}`], options: {} }),
  claim: (long) => ({
    arguments: [`NonUniformPlanner${long} vs UniformPlanner${long}: makespan -8.1 %`],
    options: {},
  }),
  run: () => ({ arguments: [], options: { slowest: true, plan: true } }),
  backtest: () => ({ arguments: [], options: { tau: ['p90'], budget: true } }),
  preload: (long) => ({ arguments: [], options: { planner: `UniformPlanner${long}-opt` } }),
};

const LONG = 'WithANameThatNobodyWouldLikeToTypeTwice';

/** Workflows and planners with names of some 50 characters. */
function lengthenNames(run: Run): Run {
  const planner = (name: string) => name.replace(/Planner/, `Planner${LONG}`);
  return {
    ...run,
    workflow: `${run.workflow}_with_a_name_that_nobody_would_like_to_type`,
    plan: run.plan && { ...run.plan, plannerName: planner(run.plan.plannerName) },
    tasks: run.tasks.map((task) => ({ ...task, plannerName: planner(task.plannerName) })),
  };
}

/** The same runs as three workflows for each. */
const multiply = (run: Run): Run[] =>
  [0, 1, 2].map((copy) => ({ ...run, runId: `${run.runId}-${copy}`, workflow: `${run.workflow}_${copy}` }));

const RUNS = sampleRuns();
const DATA: Record<string, { runs: readonly Run[]; long: string }> = {
  'one workflow': { runs: RUNS.filter(({ workflow }) => workflow === 'text_analysis'), long: '' },
  'many workflows': { runs: RUNS.flatMap(multiply), long: '' },
  'long names': { runs: RUNS.map(lengthenNames), long: LONG },
};

const REPORT = { analysis: 'test', inputs: [], filters: [], options: {} } as unknown as Report;

/** Gives the view of an analysis, which has the charts that its definition lists. */
async function answer(name: string, { runs, long }: (typeof DATA)[string]): Promise<View> {
  const definition = ANALYSES.find((candidate) => candidate.name === name);
  if (!definition) throw new Error(`no analysis ${name}`);
  const analysis = await definition.load();
  const options = analysis.parseOptions(QUESTIONS[name]?.(long) ?? { arguments: [], options: {} });
  const outcome = analysis.analyze(
    runs.map((run) => analysis.extract(run, describeRun(run), options)),
    options,
    1,
  );
  const view = analysis.view(outcome, options);
  expect(view.charts.map(({ kind }) => kind)).toEqual(Object.keys(definition.chartKinds));
  return view;
}

async function drawAll(view: View, width: number, theme: ThemeName) {
  const settings = { theme, width, height: null, title: null, loadFonts: bundledFonts } as unknown as RenderSettings;
  const svgs = new Map<string, string>();
  for (const { kind } of view.charts)
    svgs.set(kind, (await renderSvg(REPORT, view, { ...settings, chartKind: kind })) as string);
  return svgs;
}

test('in one column of a paper, compare still says which way is which', async () => {
  const svgs = await drawAll(await answer('compare', DATA['one workflow'] as (typeof DATA)[string]), 321, 'light');
  for (const kind of ['change', 'summary', 'tradeoff']) {
    for (const word of ['faster', 'slower', 'cheaper', 'dearer']) expect(svgs.get(kind), kind).toMatch(word);
  }
});

/** The part of a picture that anything is drawn in but its background. */
async function measureDrawn(svg: string) {
  const withoutBackground = svg.replace(/<rect width="[^"]*" height="[^"]*"[^>]*\/>/, '');
  return openPicture(withoutBackground, await bundledFonts()).getBBox();
}

/** Pixels of A4 within its margins. */
const A_PAGE = 907;

const NAMES = ANALYSES.filter(({ chartKinds }) => Object.keys(chartKinds).length > 0).map(({ name }) => name);

describe.each(Object.keys(DATA))('with %s', (data) => {
  test.each(NAMES)('%s draws what it names, in figures, and as wide as asked', async (name) => {
    const view = await answer(name, DATA[data] as (typeof DATA)[string]);
    for (const [width, theme] of [
      [321, 'light'],
      [680, 'dark'],
    ] as const) {
      for (const [kind, svg] of await drawAll(view, width, theme)) {
        expect(svg).not.toMatch(/NaN|undefined|Infinity/);
        expect(svg).toMatch(/<path[^>]+d="M/);
        expect(sizeOf(svg).width).toBe(width);
        expect(sizeOf(svg).height, `${kind} is no higher than a page`).toBeLessThanOrEqual(A_PAGE);
        const box = await measureDrawn(svg);
        const ends = [box?.x, (box?.x ?? 0) + (box?.width ?? 0)].map(Number);
        expect(Math.min(...ends), `${kind} begins in the picture`).toBeGreaterThanOrEqual(-1);
        expect(Math.max(...ends), `${kind} ends in the picture`).toBeLessThanOrEqual(width + 1);
      }
    }
  });
});
