import { REUSE_POLICIES, type ReusePolicy } from '../../containers/pool.ts';
import { UserError } from '../../errors.ts';
import { matchName } from '../../model/names.ts';
import { parseRunKey, type RunKey } from '../../model/select.ts';
import type { RawOptions } from '../analysis.ts';

/** The options of the pool say how containers behave, whoever recorded the invocations. */
export interface PoolOptions {
  /** Infinity: for ever; `null`: to be estimated. */
  readonly keepAliveMs: number | null;
  /** `null`: to be estimated. */
  readonly exitLagMs: number | null;
  readonly reuse: ReusePolicy;
  readonly concurrency: number;
}

/** The options of `wfa workers` for runs, parsed. */
export interface WorkersOptions extends PoolOptions {
  /** Beside these, `memory` means the worker's own size. */
  readonly poolKeys: readonly RunKey[];
  readonly plan: boolean;
  /** Is true when planned periods have start-up times. */
  readonly startup: boolean;
}

/** Parses the flags for runs; `UserError` `bad-option` for those of a log, and for values that are none. */
export function parseWorkers({ options }: RawOptions): WorkersOptions {
  refuseLogOptions(options);
  const poolKey = (options['poolKey'] as string | undefined) ?? 'memory';
  return {
    ...parsePoolOptions(options),
    poolKeys: poolKey.split(',').map((name) => parseRunKey(name.trim(), '--pool-key')),
    plan: options['plan'] === true,
    startup: options['startup'] !== false,
  };
}

/** Parses the flags of the pool, the same for runs and logs; `UserError` `bad-option`. */
export function parsePoolOptions(options: RawOptions['options']): PoolOptions {
  const text = (key: string) => options[key] as string | undefined;
  return {
    keepAliveMs: parseSeconds('--keep-alive', text('keepAlive'), true),
    exitLagMs: parseSeconds('--exit-lag', text('exitLag'), false),
    reuse: parseReuse(text('reuse')),
    concurrency: parseConcurrency(text('concurrency')),
  };
}

const LOG_OPTIONS = {
  timeUnit: '--time-unit',
  durationUnit: '--duration-unit',
  memoryUnit: '--memory-unit',
  score: '--score',
};

function refuseLogOptions(options: RawOptions['options']): void {
  if (options['prices'] !== undefined) {
    throw new UserError('bad-option', '--prices: wfa workers bills invocation logs only', {
      hint: 'What runs cost: wfa compare --metric cost --prices TABLE, or the bill of one: wfa run ID --prices TABLE.',
    });
  }
  if (options['map'] !== undefined) {
    throw new UserError('bad-option', '--map: nothing can be extracted from an invocation log', {
      hint: 'wfa workers reads it as it is.',
    });
  }
  for (const [key, flag] of Object.entries(LOG_OPTIONS)) {
    if (options[key] === undefined) continue;
    throw new UserError('bad-option', `${flag} is for invocation logs: it needs --map`, {
      hint: 'As in: --map start=begin,end=end,pool=function,container=container_id --time-unit ms',
    });
  }
}

function parseSeconds(flag: string, text: string | undefined, endless: boolean): number | null {
  if (text === undefined) return null;
  if (endless && text.trim().toLowerCase() === 'inf') return Number.POSITIVE_INFINITY;
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s)?$/.exec(text.trim()) ?? [];
  if (digits !== undefined) return Number(digits) * (unit === 'ms' ? 1 : 1000);
  throw new UserError('bad-option', `${flag} '${text}' is no number of seconds`, { hint: `As in: ${flag} 7.5` });
}

function parseReuse(text: string | undefined): ReusePolicy {
  if (text === undefined) return 'mru';
  const match = matchName(text, REUSE_POLICIES);
  if ('found' in match) return match.found as ReusePolicy;
  throw new UserError('bad-option', `--reuse '${text}' is no reuse policy`, {
    hint: `The policies are ${REUSE_POLICIES.join(', ')}: most or least recently used, first or last created.`,
  });
}

function parseConcurrency(text: string | undefined): number {
  if (text === undefined) return 1;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new UserError('bad-option', `--concurrency '${text}' is no whole number from 1`, {
    hint: 'As in: --concurrency 1',
  });
}
