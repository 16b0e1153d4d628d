import { UserError } from '../../errors.ts';
import type { Chart } from '../../view/view.ts';
import type { Stat } from './stat.ts';

/** Gives a chart of blocks' means in its place where a quantile was asked for: it refuses, and names `others` to draw. */
export const refuseChart = (kind: string, stat: Stat, others: string): Chart => ({
  kind,
  description: `Not drawn of a ${stat}.`,
  draw: () => {
    throw new UserError(
      'bad-option',
      `--chart-kind ${kind} draws every block's mean, and --stat ${stat} was asked for`,
      {
        hint: `A block by itself has too few runs for a quantile: draw --chart-kind ${others}, or leave --stat out.`,
      },
    );
  },
});
