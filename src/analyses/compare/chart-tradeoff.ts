import type { ChartFrame, VegaLiteSpec } from '../../view/view.ts';
import type { CompareResult } from './result.ts';
export function drawTradeoff(_result: CompareResult, _frame: ChartFrame): VegaLiteSpec {
  return {};
}
