import type { CommandDefinition, RawOptions } from '../analyses/analysis.ts';
import { CONFIGURED_PRICES, PRICES_OPTION } from '../analyses/prices-option.ts';
import { UserError } from '../errors.ts';
import type { CommonFlags } from './common-flags.ts';
import { readConfig } from './config.ts';
import type { Io } from './io.ts';
import { sortArguments } from './name-data.ts';

/** Raw options and flags are complete here: arguments stand where they belong, and the configuration fills what was left open. */
export interface Completed {
  readonly raw: RawOptions;
  readonly flags: CommonFlags;
}

/** Completes what was given; `UserError` when the configuration cannot be understood or an argument is one too many. */
export async function completeFlags(
  definition: CommandDefinition,
  raw: RawOptions,
  flags: CommonFlags,
  io: Io,
): Promise<Completed> {
  const { names, data } = await sortArguments(raw.arguments, countNeeded(definition));
  const placed = placeNames(definition, { ...raw, arguments: names }, placeData(data, flags));
  return fillFromConfig(definition, placed, io);
}

const countNeeded = ({ arguments: specs }: CommandDefinition): number =>
  specs.filter(({ name }) => name.startsWith('<')).length;

/** Arguments behind `--facts` are what is left of a pattern that the shell took apart, and so are those behind `--data`. */
function placeData(data: readonly string[], flags: CommonFlags): CommonFlags {
  if (data.length === 0) return flags;
  const key = flags.facts !== undefined && flags.data === undefined ? 'facts' : 'data';
  return { ...flags, [key]: [...(flags[key] ?? []), ...data] };
}

/** A question without arguments of its own takes planners there, and `key=value` to filter by. */
function placeNames(definition: CommandDefinition, raw: RawOptions, flags: CommonFlags): Completed {
  if (definition.arguments.length > 0) return { raw: checkCount(definition, raw), flags };
  const clauses = raw.arguments.filter((name) => name.includes('='));
  const planners = raw.arguments.filter((name) => !name.includes('='));
  const where = clauses.length > 0 ? { where: [...(flags.where ?? []), ...clauses] } : {};
  const isOwn = definition.ownFilters?.includes('planner') ?? false;
  const options = isOwn && planners.length > 0 ? placeOwnPlanner(definition, raw, planners) : raw.options;
  const planner = isOwn || planners.length === 0 ? {} : { planner: [...(flags.planner ?? []), ...planners] };
  return { raw: { arguments: [], options }, flags: { ...flags, ...where, ...planner } };
}

function checkCount({ name, arguments: specs }: CommandDefinition, raw: RawOptions): RawOptions {
  const isEndless = specs.at(-1)?.name.includes('...') ?? false;
  if (isEndless || raw.arguments.length <= specs.length) return raw;
  throw new UserError('bad-option', `wfa ${name} takes one name: '${raw.arguments[specs.length]}' is one too many`, {
    hint: 'Data are files that exist, or follow --data; other runs are chosen by --planner, --workflow, --sla and --where.',
  });
}

function placeOwnPlanner({ name }: CommandDefinition, { options }: RawOptions, planners: readonly string[]) {
  const [planner, another] = [...(options['planner'] === undefined ? [] : [options['planner']]), ...planners];
  if (another === undefined) return { ...options, planner };
  throw new UserError(
    'bad-option',
    `wfa ${name} looks at one planner: ${String(planner)} and ${String(another)} are two`,
    {
      hint: `As in: wfa ${name} ${String(planner)} --against ${String(another)}`,
    },
  );
}

/** Flags, arguments and the environment stand as given; the configuration fills the rest. */
async function fillFromConfig(definition: CommandDefinition, { raw, flags }: Completed, io: Io): Promise<Completed> {
  const { data, prices, ...others } = await readConfig(process.cwd());
  const own: readonly string[] = definition.ownFilters ?? [];
  const filters = Object.fromEntries(Object.entries(others).filter(([key]) => !own.includes(key)));
  const isNamed = flags.data !== undefined || flags.facts !== undefined || (io.env['WFA_DATA'] ?? '') !== '';
  const isPriced = prices !== undefined && definition.options.includes(PRICES_OPTION);
  return {
    raw: isPriced ? { ...raw, options: { ...raw.options, [CONFIGURED_PRICES]: prices } } : raw,
    flags: { ...filters, ...(data && !isNamed ? { data } : {}), ...flags },
  };
}
