/**
 * Command: flags → stages → standard output, standard error, exit status. The only folder that knows commander, progress bars
 * and terminals.
 */
import { Command, CommanderError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { AnalysisDefinition, OptionSpec, RawOptions } from '../analyses/analysis.ts';
import { ANALYSES } from '../analyses/list.ts';
import { PRICES_OPTION } from '../analyses/prices-option.ts';
import { UserError } from '../errors.ts';
import { writeStdout } from '../output/write.ts';
import {
  COMMON_FLAG_NAMES,
  type CommonFlags,
  collect,
  parseChoice,
  toOptions,
  toSourceOptions,
} from './common-flags.ts';
import { type Io, STATUS, say } from './io.ts';

/** Runs one command line (without node and script) to its exit status. Never throws. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const state = { status: STATUS.done as number };
  try {
    await buildProgram(args, io, state).parseAsync(args, { from: 'user' });
    return state.status;
  } catch (error) {
    return reportError(error, io);
  }
}

interface State {
  status: number;
}

function buildProgram(args: readonly string[], io: Io, state: State): Command {
  const pending: string[] = [];
  const program = new Command('wfa')
    .description('Compares workflow planners on serverless workers, from exported run metrics.')
    .version(packageJson.version)
    .configureOutput({
      writeOut: (text) => pending.push(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text) =>
        say(
          io,
          ...text
            .trimEnd()
            .replace(/^error: /, 'wfa: ')
            .split('\n'),
        ),
    })
    .exitOverride((error) => {
      throw Object.assign(error, { pending: pending.join('') });
    })
    .showHelpAfterError('(--help lists the commands and options)')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', PROGRAM_EXAMPLES);
  const commands = [
    ...ANALYSES.map((definition) => ({
      name: definition.name,
      add: () => addAnalysis(program, definition, io, state),
    })),
    { name: 'extract', add: () => addExtract(program, args.slice(1), io, state) },
    { name: 'import', add: () => addImport(program, io, state) },
    { name: 'convert', add: () => addConvert(program, io, state) },
    { name: 'schema', add: () => addSchema(program, io) },
  ];
  for (const { add } of selectAsked(commands, args)) add();
  return program;
}

/** The command that is asked for; all of them where that is none of them: to make them takes a good part of a short command's time. */
function selectAsked<Named extends { readonly name: string }>(
  commands: readonly Named[],
  [asked]: readonly string[],
): readonly Named[] {
  const found = commands.find(({ name }) => name === asked);
  return found === undefined ? commands : [found];
}

const PROGRAM_EXAMPLES = `
Examples:
  $ wfa runs --data sample:                            what the bundled runs are
  $ wfa compare uniform non-uniform --data sample:     the main question
`;

const IMPORT_EXAMPLES = [
  { command: 'wfa import redis://localhost -o runs.ndjson.gz', comment: "export the engine's own Redis" },
  { command: 'wfa import dump.rdb -o runs.ndjson.gz', comment: 'the same from a snapshot of it' },
  { command: 'wfa import shards/ -o - | gzip > all.ndjson.gz', comment: 'many files into one' },
];

const CONVERT_EXAMPLES = [
  { command: 'wfa convert sample: -o runs.parquet', comment: 'a table of runs' },
  { command: 'wfa convert sample: --table tasks -o tasks.parquet', comment: 'a table of their tasks' },
  { command: 'wfa convert runs.parquet -o runs.ndjson.gz', comment: 'and back to records' },
];

/** What the rows of a Parquet file can be. */
const TABLES = ['runs', 'tasks'];

const SCHEMA_EXAMPLES = [
  { command: 'wfa schema > run-record.schema.json', comment: 'keep it for a validator' },
  { command: 'wfa schema | head -20', comment: 'look at its beginning' },
];

function wordExamples(examples: AnalysisDefinition['examples']): string {
  return ['', 'Examples:', ...examples.flatMap(({ command, comment }) => [`  # ${comment}`, `  $ ${command}`])].join(
    '\n',
  );
}

function addAnalysis(program: Command, definition: AnalysisDefinition, io: Io, state: State): void {
  const command = addQuestion(program, definition).summary(definition.summary).description(definition.description);
  for (const option of toOptions('output', definition)) command.addOption(option);
  command.addHelpText('after', wordExamples(definition.examples));
  command.action(async () => {
    const { runAnalysis } = await import('./run-analysis.ts');
    state.status = await runAnalysis(definition, ...splitOptions(command, definition), io);
  });
}

/** A command that takes what an analysis is asked, and what to ask it of. */
function addQuestion(parent: Command, definition: AnalysisDefinition): Command {
  const command = parent.command(definition.name);
  for (const { name, description } of definition.arguments) {
    // Those that lack are named by the command itself, which knows what could stand there.
    command.argument(name.replace('<', '[').replace('>', ']'), description);
  }
  if (definition.arguments.length === 0) command.argument('[planner...]', 'only runs of these planners');
  command.usage(`${[...definition.arguments.map(({ name }) => name), '[data...]'].join(' ')} [options]`);
  command.allowExcessArguments();
  for (const option of definition.options) command.addOption(toOption(option));
  for (const option of toOptions('input', definition, definition.ownFilters)) command.addOption(option);
  for (const option of toSourceOptions()) command.addOption(option);
  return command;
}

/** The analysis's own part of what was given, and the part that all commands share. */
function splitOptions(command: Command, definition: AnalysisDefinition): [RawOptions, CommonFlags] {
  const taken: readonly string[] = definition.ownFilters ?? [];
  const given = Object.entries(command.opts());
  const isOwn = (name: string) => taken.includes(name) || !COMMON_FLAG_NAMES.includes(name);
  const raw = { arguments: command.args, options: Object.fromEntries(given.filter(([name]) => isOwn(name))) };
  return [raw, Object.fromEntries(given.filter(([name]) => !taken.includes(name))) as unknown as CommonFlags];
}

const EXTRACT_EXAMPLES = [
  {
    command: 'wfa extract compare uniform non-uniform --data shard-07.ndjson.gz -o facts-07.ndjson',
    comment: 'one shard, on any machine',
  },
  {
    command: "wfa compare uniform non-uniform --facts 'facts-*.ndjson'",
    comment: 'all of them together: the same result as from all data at once',
  },
];

function addExtract(program: Command, args: readonly string[], io: Io, state: State): void {
  const extract = program
    .command('extract')
    .summary("an analysis's facts, for --facts to go on from")
    .description(
      'Reads runs and writes what an analysis keeps of each, one line a run: the part of the work that can be done anywhere, file by file. The same analysis with --facts and the same arguments, options and filters goes on from there.',
    )
    .addHelpText('after', wordExamples(EXTRACT_EXAMPLES));
  for (const definition of selectAsked(ANALYSES, args)) {
    const command = addQuestion(extract, definition).summary(`facts for wfa ${definition.name}`);
    command.option('-o, --output <file>', 'write there instead of standard output; packed if it ends in .gz');
    command.action(async () => {
      const { runExtract } = await import('./extract.ts');
      state.status = await runExtract(definition, ...splitOptions(command, definition), io);
    });
  }
}

function addImport(program: Command, io: Io, state: State): void {
  const command = program
    .command('import [uri...]')
    .summary("run records out of the engine's Redis, or any other input")
    .description(
      "Reads runs from the engine's Redis (redis://, rediss://), from snapshots of it (.rdb) or from run records, and writes their native records, one per line. What is missing or cannot be read is listed on standard error.",
    );
  addConversion(command, IMPORT_EXAMPLES, io, state);
}

function addConvert(program: Command, io: Io, state: State): void {
  const command = program
    .command('convert [uri...]')
    .summary('runs or tasks as Parquet tables for DuckDB, pandas and Spark, and back')
    .description(
      'Writes what the output is named after: .parquet, a table of runs (with their native records, so that wfa reads it like any input) or of tasks; .ndjson, .ndjson.gz or .ndjson.zst, the native records, one per line. What is left out is listed on standard error.',
    )
    .addOption(
      new Option('--table <table>', `rows of a Parquet file: ${TABLES.join(' (default), ')}`).argParser(
        parseChoice('--table', TABLES),
      ),
    )
    .addOption(toOption(PRICES_OPTION))
    .option('--no-records', 'a Parquet table of runs without their native records: smaller, but wfa cannot read it');
  addConversion(command, CONVERT_EXAMPLES, io, state);
}

function addConversion(command: Command, examples: typeof IMPORT_EXAMPLES, io: Io, state: State): void {
  command
    .addOption(new Option('-d, --data <uri>', 'like the argument (repeatable; else WFA_DATA)').argParser(collect))
    .option(
      '-o, --output <file>',
      'write there (also s3://) instead of standard output; packed if it ends in .gz or .zst',
    )
    .option('--strict', 'status 2 when anything is missing or cannot be read');
  for (const option of toSourceOptions()) command.addOption(option);
  command.addHelpText('after', wordExamples(examples)).action(async () => {
    const { runConvert } = await import('./convert.ts');
    state.status = await runConvert(command.args, command.opts(), io);
  });
}

function addSchema(program: Command, io: Io): void {
  program
    .command('schema')
    .summary('the JSON Schema of a run record')
    .description('Prints the JSON Schema of the run records that wfa reads.')
    .addHelpText('after', wordExamples(SCHEMA_EXAMPLES))
    .action(async () => {
      const { printSchema } = await import('./schema.ts');
      await writeStdout(io, printSchema());
    });
}

function toOption({ flags, description, repeatable }: OptionSpec): Option {
  const option = new Option(flags, description);
  return repeatable ? option.argParser(collect) : option;
}

async function reportError(error: unknown, io: Io): Promise<number> {
  if (error instanceof CommanderError) {
    const status = error.exitCode === 0 || error.code === 'commander.help' ? STATUS.done : STATUS.failed;
    return writeStdout(io, (error as CommanderError & { pending?: string }).pending ?? '').then(
      () => status,
      (problem) => reportError(problem, io),
    );
  }
  if (isOutOfFiles(error)) return reportError(outOfFiles(error), io);
  if (error instanceof UserError) {
    say(io, `wfa: ${error.message}`, ...error.hintLines.map((line) => `  ${line}`));
    return STATUS.failed;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  say(io, `wfa: this is a bug in wfa ${packageJson.version}, please report it:`, ...(stack ?? '').split('\n'));
  return STATUS.bug;
}

/** Tells whether the system refused to open one more file: that can be any file, also one of wfa's own. */
const isOutOfFiles = (error: unknown): boolean =>
  ['EMFILE', 'ENFILE'].includes((error as NodeJS.ErrnoException)?.code ?? '');

const outOfFiles = (cause: unknown): UserError =>
  new UserError('unreadable', 'Too many files are open.', { hint: 'Allow more of them: ulimit -n 256', cause });
