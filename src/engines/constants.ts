import type { Run, Sla, StatedTraits } from '../model/run.ts';

/** What is said of all runs of the data at once, in place of what their files do not say. */
export interface RunConstants extends StatedTraits {
  readonly workflow?: string;
}

/** Gives the run as if its file had said so. */
export const withConstants = (run: Run, { workflow = run.workflow, ...stated }: RunConstants): Run => ({
  ...run,
  workflow,
  stated: { ...run.stated, ...stated },
});

/** Reads an SLA as people write it: `average`, `p90`, `90`; `null`: it is none. */
export function parseSla(text: string): Sla | null {
  if (/^average$/i.test(text)) return 'average';
  const percentile = /^p?\d+(\.\d+)?$/i.test(text) ? Number(text.replace(/^p/i, '')) : Number.NaN;
  return percentile <= 100 ? percentile : null;
}
