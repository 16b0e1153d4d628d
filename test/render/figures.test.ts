import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ANALYSES } from '../../src/analyses/list.ts';
import { assignLanes, countMostAlive, type Swimmer } from '../../src/analyses/workers/lanes.ts';
import { layOutTimeAxis } from '../../src/analyses/workers/time-axis.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { renderSvg } from '../../src/render/chart/chart.ts';
import { renderPdf } from '../../src/render/chart/pdf.ts';
import type { RenderSettings, Report } from '../../src/render/report.ts';
import type { ChartFrame, View } from '../../src/view/view.ts';
import { testWith } from '../need-program.ts';
import { sampleRuns, type WholeRun } from '../sample-records.ts';
import { bundledFonts } from './bundled-fonts.ts';

const RUNS = sampleRuns();
const REPORT = { analysis: 'test', wfaVersion: '0', inputs: [], filters: [], options: {} } as unknown as Report;
const SETTINGS = {
  theme: 'light',
  width: 680,
  height: null,
  chartKind: null,
  title: null,
  outline: false,
  loadFonts: bundledFonts,
};
const settingsWith = (own: Partial<RenderSettings>) => ({ ...SETTINGS, ...own }) as unknown as RenderSettings;

async function viewOf(
  name: string,
  raw: { arguments: string[]; options: Record<string, string | string[]> },
  runs: readonly WholeRun[] = RUNS,
): Promise<View> {
  const analysis = await (ANALYSES.find((one) => one.name === name) as (typeof ANALYSES)[number]).load();
  const options = analysis.parseOptions(raw);
  const facts = runs.map((one) => analysis.extract(one, describeRun(one), options));
  return analysis.view(analysis.analyze(facts, options, 1), options);
}

/** The comparison of all bundled runs, made once for each list of candidates. */
const compared = new Map<string, Promise<View>>();

function compareView(candidates: readonly string[], runs: readonly WholeRun[] = RUNS): Promise<View> {
  if (runs !== RUNS) return compareRuns(candidates, runs);
  const key = candidates.join(' ');
  const known = compared.get(key) ?? compareRuns(candidates, runs);
  compared.set(key, known);
  return known;
}

async function compareRuns(candidates: readonly string[], runs: readonly WholeRun[]): Promise<View> {
  const analysis = await (ANALYSES.find(({ name }) => name === 'compare') as (typeof ANALYSES)[number]).load();
  const options = analysis.parseOptions({ arguments: ['UniformPlanner', ...candidates], options: {} });
  const facts = runs.map((run) => analysis.extract(run, describeRun(run), options));
  return analysis.view(analysis.analyze(facts, options, 1), options);
}

const ONE = ['NonUniformPlanner'];
const draw = async (view: View, own: Partial<RenderSettings> = {}) =>
  (await renderSvg(REPORT, view, settingsWith(own))) as string;
const heightOf = (svg: string): number => Number(/^<svg[^>]* height="([\d.]+)"/.exec(svg)?.[1]);
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/gs)].map(([, text = '']) => text.replace(/<[^>]*>/g, ''));

function inFolder(name: string, content: string | Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), 'wfa-figure-')), name);
  writeFileSync(path, content);
  return path;
}

const run = (program: string, ...args: string[]): string => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  expect(`${status}: ${stderr}`).toBe('0: ');
  return stdout;
};

describe('PDF', () => {
  test('is the same bytes twice', async () => {
    const view = await compareView(ONE);
    const [one, other] = [
      await renderPdf(REPORT, view, settingsWith({})),
      await renderPdf(REPORT, view, settingsWith({})),
    ];
    expect(Buffer.compare(one as Buffer, other as Buffer)).toBe(0);
    expect((one as Buffer).subarray(0, 5).toString()).toBe('%PDF-');
  });

  testWith('pdffonts', ['-v'])('has texts as texts, and every font in it', async () => {
    const path = inFolder(
      'x.pdf',
      (await renderPdf(REPORT, await compareView(ONE), settingsWith({ title: 'Ein Titel' }))) as Uint8Array,
    );
    const text = run('pdftotext', '-layout', path, '-');
    for (const word of ['Ein Titel', 'makespan', 'faster', 'all blocks']) expect(text).toContain(word);
    const fonts = run('pdffonts', path).trim().split('\n').slice(2);
    expect(fonts.length).toBeGreaterThan(0);
    for (const font of fonts) expect(font).toMatch(/Inter.* yes +yes +yes /);
    run('pdftoppm', '-r', '20', '-png', path, path);
  });
});

describe('outlined SVG', () => {
  test('has no text and no font', async () => {
    const svg = await draw(await compareView(ONE), { outline: true });
    expect(svg).not.toMatch(/<text|font-family|@font-face/);
    expect(svg).toMatch(/^<svg[^>]*><title>/);
  });

  test('says as much of every mark as SVG with texts', async () => {
    const view = await compareView(ONE);
    const count = (svg: string) => svg.match(/<title>/g)?.length;
    expect(count(await draw(view, { outline: true }))).toBe(count(await draw(view)));
  });

  testWith('rsvg-convert')('is drawn by other converters', async () => {
    const path = inFolder('x.svg', await draw(await compareView(ONE), { outline: true }));
    run('rsvg-convert', path, '-o', `${path}.png`);
    expect(readFileSync(`${path}.png`).length).toBeGreaterThan(5000);
  });
});

describe('title', () => {
  test('is left out, and what explains the marks stays', async () => {
    const texts = textsOf(await draw(await compareView(ONE), { title: false })).join(' ');
    expect(texts).toContain('with 95 % interval');
    expect(texts).not.toContain('15 blocks');
  });

  test('is what was asked for', async () => {
    const texts = textsOf(await draw(await compareView(ONE), { title: 'A & B' })).join(' ');
    expect(texts).toContain('A &amp; B');
    expect(texts).not.toContain('15 blocks');
  });
});

describe('height', () => {
  const MANY = RUNS.flatMap((one) =>
    [0, 1, 2, 3].map((copy) => ({ ...one, runId: `${one.runId}-${copy}`, workflow: `${one.workflow}_${copy}` })),
  );

  test.each([420, 500, 900])('is %i as asked', async (height) => {
    expect(heightOf(await draw(await compareView(ONE), { height }))).toBe(height);
  });

  test('less than the chart needs is refused with the least that is possible', async () => {
    const view = await compareView(ONE);
    const refused = draw(view, { height: 200, width: 321 });
    await expect(refused).rejects.toThrow(/--height 53mm .* needs at a width of 85mm: \d+mm/);
    const message = await refused.catch((error: Error) => error.message);
    const least = Number(/(\d+)mm\.$/.exec(message)?.[1]);
    expect(heightOf(await draw(view, { height: (least * 96) / 25.4, width: 321 }))).toBe(
      Math.round((least * 96) / 25.4),
    );
  });

  test('many blocks fold to workflows, many workflows to the overall changes, and the chart says so', async () => {
    const some = await draw(await compareView(['NonUniformPlanner', 'UniformPlanner-opt', 'NonUniformPlanner-opt']));
    expect(textsOf(some).join(' ')).toMatch(/A row per workflow, because \d+ blocks would be higher than a page/);
    const all = await draw(
      await compareView(['NonUniformPlanner', 'UniformPlanner-opt', 'NonUniformPlanner-opt'], MANY),
    );
    expect(textsOf(all).join(' ')).toMatch(/A row per candidate, because \d+ blocks would be higher than a page/);
    for (const svg of [some, all]) expect(heightOf(svg)).toBeLessThan(907);
    expect(textsOf(await draw(await compareView(ONE))).join(' ')).not.toContain('A row per');
  });
});

describe('a page', () => {
  test.each([
    ['sla', { arguments: [], options: { metric: ['all'] } }, 'panels of'],
    ['rank', { arguments: [], options: { metric: ['all'] } }, 'panels of'],
    ['compare', { arguments: ['UniformPlanner', ...ONE], options: { metric: ['all'] } }, 'metrics of'],
    [
      'claim',
      { arguments: ['NonUniformPlanner vs UniformPlanner: makespan -8.1 %'], options: {} },
      'Single workflows and SLAs only where they give the number',
    ],
  ])('%s is no higher, and says what it leaves out', async (name, raw, words) => {
    const svg = await draw(await viewOf(name, raw as never), { width: 321 });
    expect(heightOf(svg)).toBeLessThanOrEqual(907);
    // Lines of one text stand without spaces between them.
    const text = textsOf(svg).join('').replaceAll(' ', '');
    for (const part of [words, 'would be higher than a page']) expect(text).toContain(part.replaceAll(' ', ''));
  });
});

describe('marks', () => {
  test.each([
    ['sla', 'a hint: no test confirms it'],
    ['rank', 'cannot tell: the interval holds no change'],
  ])('the legend of %s names states that occur', async (name, words) => {
    const texts = textsOf(await draw(await viewOf(name, { arguments: [], options: {} }))).join('|');
    expect(texts).toContain(words);
    expect(texts).not.toContain('a change, confirmed');
  });

  test('the legend names the states that occur, and no others', async () => {
    const texts = textsOf(await draw(await compareView(ONE))).join('|');
    for (const state of ['a change, confirmed', 'a hint', 'cannot tell: the', 'no interval: too few'])
      expect(texts).toContain(state);
    const summary = textsOf(await draw(await compareView(ONE), { chartKind: 'summary' })).join('|');
    expect(summary).toContain('a change, confirmed');
    expect(summary).not.toContain('no interval: too few');
  });

  test('the figure of all blocks is printed', async () => {
    expect(textsOf(await draw(await compareView(ONE))).join('|')).toMatch(
      /\|[+−][\d.]+ % \[[−+][\d.]+, [−+][\d.]+\]\|/,
    );
  });

  test('the sign % stands in the figures of all panels or of none', async () => {
    const view = await compareView(['NonUniformPlanner', 'UniformPlanner-opt', 'NonUniformPlanner-opt']);
    const percentsAt = async (width: number) =>
      textsOf(await draw(view, { width, chartKind: 'summary', title: false }))
        .filter((text) => /^[+\u2212][\d.]+ ?[%\u2009]/.test(text))
        .map((text) => text.includes('%'));
    expect(await percentsAt(680)).toEqual(Array(9).fill(true));
    for (const width of [321, 340, 360, 380]) {
      const percents = await percentsAt(width);
      expect(new Set(percents).size, `${width} pixels`).toBe(1);
    }
  });

  test('each says what it stands for, escaped', async () => {
    const runs = RUNS.map((one) => ({ ...one, workflow: `${one.workflow}<"]]>&` }));
    const svg = await draw(await compareView(ONE, runs));
    const titles = [...svg.matchAll(/<title>([^<]*)<\/title>/g)].map(([, title]) => title);
    expect(titles.length).toBeGreaterThan(50);
    expect(titles.some((title) => /^gemm&lt;.*: [−+]/.test(title ?? ''))).toBe(true);
    expect(svg).not.toContain(']]>');
    expect(svg).not.toContain('aria-label="ratio');
  });
});

test('the legend of skills names the states of the panels that are drawn', async () => {
  const view = await viewOf('backtest', { arguments: [], options: {} });
  const legendAt = async (height: number | null) =>
    textsOf(await draw(view, { chartKind: 'skill', width: 321, height })).filter((text) =>
      /^(a change, conf|a hint|cannot)/.test(text),
    );
  const low = await legendAt(378);
  const all = await legendAt(null);
  expect(all).toHaveLength(3);
  expect(low.length).toBeLessThan(all.length);
});

test('rows of skills are as far apart in every panel', async () => {
  const view = await viewOf('backtest', { arguments: [], options: {} });
  const svg = await draw(view, { chartKind: 'skill' });
  const rowsOf = (name: string) =>
    [...svg.matchAll(new RegExp(`transform="translate\\([\\d.-]+,([\\d.-]+)\\)"[^>]*>${name}<`, 'g'))].map(([, y]) =>
      Number(y),
    );
  const [first, second] = [rowsOf('engine-last-3'), rowsOf('pooled-half-life-5')];
  const gaps = second.map((y, i) => y - (first[i] as number));
  expect(gaps).toHaveLength(4);
  for (const gap of gaps) expect(gap).toBeCloseTo(gaps[0] as number, 1);
});

test('an axis whose round instants were left out has less round ones', () => {
  const frame = { textWidth: () => 40, fontSize: 11 } as unknown as ChartFrame;
  // A minute from ten past each hour on: ticks every two minutes have room, and none of these is shown.
  const spans = [0, 1, 2, 3].map((hour) => ({ fromMs: hour * 3_600_000 + 610_000, toMs: hour * 3_600_000 + 670_000 }));
  const { ticks, lengthMs } = layOutTimeAxis(spans, 200, frame);
  expect(ticks.map(({ label }) => label)).toEqual(['00:10:30', '01:11:00', '03:10:30']);
  const least = (54 / 200) * lengthMs;
  for (const [i, { position }] of ticks.entries())
    if (i > 0) expect(position - (ticks[i - 1]?.position ?? 0)).toBeGreaterThanOrEqual(least);
});

test('the most containers alive do not depend on the width', () => {
  const containers: Swimmer[] = [0, 1, 2, 3, 4].map((i) => ({
    periods: [{ state: 'busy', startAtMs: 1000 * i, endAtMs: 1000 * i + (i === 2 ? 1001 : 500) }],
  }));
  const peakAt = (width: number) => {
    const axis = layOutTimeAxis([{ fromMs: 0, toMs: 4500 }], width, {
      textWidth: () => 10,
      fontSize: 11,
    } as unknown as ChartFrame);
    return Math.max(...countMostAlive(containers, axis, width));
  };
  expect([50, 120, 333, 2000].map(peakAt)).toEqual([2, 2, 2, 2]);
  expect(assignLanes(containers).laneCount).toBe(5);
});
