import { expect, it } from 'vitest';
import type { Section } from '../../src/render/html/document.ts';
import { summarize } from '../../src/report/summarize.ts';

const section = (name: string, ...warnings: readonly (readonly [code: string, message: string])[]): Section =>
  ({
    name,
    title: '',
    command: '',
    answer: {
      report: { warnings: warnings.map(([code, message]) => ({ code, message, severity: 'warning' })) },
      view: { headlines: [] },
    },
  }) as unknown as Section;

it('shows the first warning of a kind, those of compare first, and counts all that differ', () => {
  const { limits, warningCount } = summarize([
    section('sla', ['few-runs', 'few runs: p50'], ['mixed', 'two versions']),
    section('compare', ['few-runs', 'few runs: gemm'], ['few-runs', 'few runs: add'], ['drift', 'it drifts']),
    section('failures', ['late', 'clocks differ'], ['mixed', 'two versions']),
  ]);
  expect(limits).toEqual(['few runs: gemm', 'it drifts', 'two versions']);
  expect(warningCount).toBe(6);
});
