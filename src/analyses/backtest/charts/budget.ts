import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
export function drawBudget(..._: unknown[]): VegaLiteSpec {
  return { mark: 'point', data: { values: [] } };
}
