import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
export function drawSkill(..._: unknown[]): VegaLiteSpec {
  return { mark: 'point', data: { values: [] } };
}
