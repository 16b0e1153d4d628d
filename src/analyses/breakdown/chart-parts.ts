import type { ChartFrame, VegaLiteSpec } from '../../view/view.ts';
import type { BreakdownResult } from './result.ts';
export function drawParts(_result: BreakdownResult, _kind: 'absolute' | 'share', _frame: ChartFrame): VegaLiteSpec {
  return { mark: 'bar' };
}
