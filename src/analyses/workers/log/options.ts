import { type InvocationMap, mapHas, parseInvocationMap } from '../../../containers/invocation-map.ts';
import type { PriceTable } from '../../../cost/price-table.ts';
import { UserError } from '../../../errors.ts';
import type { RawOptions } from '../../analysis.ts';
import { parsePrices } from '../../named-options.ts';
import { type PoolOptions, parsePoolOptions } from '../options.ts';

/** The options of `wfa workers` for a log, parsed. */
export interface LogOptions extends PoolOptions {
  readonly map: InvocationMap;
  readonly score: boolean;
  /** `null`: no bill is asked for. */
  readonly prices: PriceTable | null;
}

/** `UserError` for options that only runs have a use for. */
export function parseLog({ options }: RawOptions): LogOptions {
  if (options['plan'] === true || options['startup'] === false) {
    throw new UserError('bad-option', '--map and --plan exclude each other: an invocation log has no plans', {
      hint: 'Give run records for --plan, or leave it out.',
    });
  }
  if (options['poolKey'] !== undefined) {
    throw new UserError('bad-option', '--map and --pool-key exclude each other', {
      hint: 'The map says who shares containers, as in --map pool=function or pool=app+memory.',
    });
  }
  const text = (key: string) => options[key] as string | undefined;
  const map = parseInvocationMap({
    map: options['map'] as readonly string[],
    timeUnit: text('timeUnit'),
    durationUnit: text('durationUnit'),
    memoryUnit: text('memoryUnit'),
  });
  const score = options['score'] === true;
  if (score && !mapHas(map, 'container')) {
    throw new UserError('bad-option', '--score needs to know the true containers', {
      hint: 'Name their column, as in --map …,container=container_id',
    });
  }
  return { ...parsePoolOptions(options), map, score, prices: parseLogPrices(options, map) };
}

/** A bill is made of what the platform billed only; `UserError` where the map names no column of that. */
function parseLogPrices(options: RawOptions['options'], map: InvocationMap): PriceTable | null {
  if (options['prices'] === undefined) return null;
  if (!mapHas(map, 'billed')) {
    throw new UserError('bad-option', '--prices needs to know the billed durations', {
      hint: "Name their column, as in --map …,billed=billed_ms,memory=memory_mb; X-Ray's segments and OpenWhisk's activations have none.",
    });
  }
  return parsePrices({ options }).table;
}
