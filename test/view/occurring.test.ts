import { describe, expect, it } from 'vitest';
import { drawScenarios } from '../../src/analyses/whatif/charts/changes.ts';
import type { WhatIfResult } from '../../src/analyses/whatif/result.ts';
import { type Drawn, drawAlive } from '../../src/analyses/workers/charts/lanes.ts';
import { FONT_SIZE, PALETTES } from '../../src/render/chart/theme.ts';
import { drawPanels, whyEmptyOf } from '../../src/view/panel-grid.ts';
import { layOutRatioAxis } from '../../src/view/ratio-axis.ts';
import type { ChartFrame } from '../../src/view/view.ts';

const frame: ChartFrame = {
  width: 600,
  pictureWidth: 600,
  height: null,
  palette: PALETTES.light,
  fontSize: FONT_SIZE,
  textWidth: (text, fontSize) => text.length * fontSize * 0.5,
};

const text = (spec: unknown): string => JSON.stringify(spec);

describe('charts show what occurs', () => {
  it('says why there is nothing to draw, for people and for a page', () => {
    const titles = { titles: ['a title'], legend: ['A legend.'], whyEmpty: 'no run has two sizes' };
    const empty = drawPanels([], titles, frame);
    expect(whyEmptyOf(empty)).toBe('no run has two sizes');
    expect(text(empty)).toContain('Nothing to draw: no run has two sizes.');
    expect(text(empty)).not.toContain('A legend.');
    expect(whyEmptyOf(drawPanels([{ head: [], draw: () => [] }], titles, frame))).toBeNull();
  });

  it('leaves out rows without a mark, and names them', () => {
    const change = { planner: 'p', scope: 'overall', runCount: 3, ciLow: null, ciHigh: null, outcome: 'not-tested' };
    const scenarios = [
      { ...change, scenario: 'no-startup', changeFraction: -0.4 },
      { ...change, scenario: 'all-warm', changeFraction: null },
    ];
    const result = { headline: '', scenarios, workflows: [], runs: [] } as unknown as WhatIfResult;
    const drawn = text(drawScenarios(result, frame));
    expect(drawn).toContain('Without a figure: all-warm.');
    expect(drawn.split('all-warm')).toHaveLength(2);
  });

  it('names the states of containers that occur', () => {
    const periods = [
      { state: 'starting', startAtMs: 0, endAtMs: 1000 },
      { state: 'busy', startAtMs: 1000, endAtMs: 2000 },
    ];
    const drawn = { headline: '', runCount: 1, containers: [{ periods }], sessions: [], settings: { reuse: 'mru' } };
    expect(text(drawAlive(drawn as unknown as Drawn, frame))).toContain('"values":["starting","busy"]');
  });

  it('begins at no change where nothing can be below it', () => {
    const [[from], [fromAbove]] = [
      layOutRatioAxis([1, 1.5], 300, frame).domain,
      layOutRatioAxis([1, 1.5], 300, frame, 1).domain,
    ];
    expect(from).toBeLessThan(0.99);
    expect(fromAbove).toBeGreaterThan(0.98);
    expect(layOutRatioAxis([1], 300, frame, 1).ticks.map(({ label }) => label)).not.toContain('−1');
  });
});
