import type { ChartFrame, VegaLiteSpec } from '../../view/view.ts';
import type { CompareResult } from './result.ts';
export function drawChange(_result: CompareResult, _frame: ChartFrame): VegaLiteSpec {
  return {};
}
