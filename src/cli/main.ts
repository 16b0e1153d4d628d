/**
 * Command: flags → stages → standard output, standard error, exit status. The only folder that knows commander, progress bars
 * and terminals.
 */
import { Command, CommanderError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { AnalysisDefinition, CommandDefinition, OptionSpec, RawOptions } from '../analyses/analysis.ts';
import { ANALYSES } from '../analyses/list.ts';
import { PRICES_OPTION } from '../analyses/prices-option.ts';
import { UserError } from '../errors.ts';
import { matchName } from '../model/names.ts';
import { writeStdout } from '../output/standard-output.ts';
import {
  COMMON_FLAG_NAMES,
  type CommonFlags,
  collect,
  parseChoice,
  toOptions,
  toSourceOptions,
} from './common-flags.ts';
import { GROUPS } from './help/groups.ts';
import { TOPICS } from './help/topic-names.ts';
import { type Io, STATUS, say, terminalColumns } from './io.ts';
import { explainMistake } from './mistakes.ts';
import { REPORT, REPORT_FLAGS } from './report-definition.ts';

/** Runs one command line (without node and script) to its exit status. Never throws. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const state = { status: STATUS.done as number };
  try {
    if (args[0] === 'complete-words') return await answerCompletion(args.slice(args.indexOf('--') + 1), io);
    const asked = findHelp(args);
    if (asked !== null) return await showHelp(asked, io);
    await buildProgram(args, io, state, await loadLists(args)).parseAsync(args, { from: 'user' });
    return state.status;
  } catch (error) {
    return reportError(error, io);
  }
}

interface State {
  status: number;
}

/** Finds the topic of `wfa help …`, or of `wfa --help …`; `null`: something else is asked. */
function findHelp([first, ...others]: readonly string[]): readonly string[] | null {
  if (first === 'help') return others;
  const isBefore = (first === '--help' || first === '-h') && others.length > 0;
  return isBefore ? others : null;
}

/** Shows a topic, the man page, or a command's own help, which is that of `wfa COMMAND --help`. */
async function showHelp([name, ...others]: readonly string[], io: Io): Promise<number> {
  const program = buildProgram([], io, { status: STATUS.done });
  if (name === '--man') {
    const { writeManPage } = await import('./help/man.ts');
    return writeStdout(io, writeManPage(program, packageJson.version)).then(() => STATUS.done);
  }
  if (name === undefined || name.startsWith('-')) return main(['--help'], io);
  const { writeTopic } = await import('./help/topics.ts');
  const page = writeTopic(name, terminalColumns(io), others[0]);
  if (page !== undefined) return writeStdout(io, page).then(() => STATUS.done);
  const names = program.commands.map((command) => command.name());
  if (names.includes(name)) return main([name, ...others.slice(0, 1), '--help'], io);
  throw new UserError('bad-option', `wfa help: there is no command or topic '${name}'`, {
    hint: [
      ...wordNearest(name, [...names, ...Object.keys(TOPICS)]),
      `Topics: ${Object.keys(TOPICS).join(', ')}. Commands: ${names.join(', ')}.`,
    ],
  });
}

function wordNearest(name: string, names: readonly string[]): string[] {
  const match = matchName(name, names);
  return 'nearest' in match && match.nearest ? [`Did you mean ${match.nearest}?`] : [];
}

/** Answers a shell that completes a command line: a candidate a line, or that it is to complete files. */
async function answerCompletion(words: readonly string[], io: Io): Promise<number> {
  const { completeWords } = await import('./help/complete.ts');
  const { readNames } = await import('./help/data-names.ts');
  const program = buildProgram([], io, { status: STATUS.done });
  const candidates = await completeWords(program, words, readNames(io));
  const lines = candidates?.map(([name, about]) => `${name}\t${about.replaceAll(/\s+/g, ' ')}`) ?? [':files'];
  await writeStdout(io, lines.map((line) => `${line}\n`).join(''));
  return STATUS.done;
}

type Lists = (definition: AnalysisDefinition) => string;

/** The lists of names that a command's help ends with; read only when help is asked for. */
async function loadLists(args: readonly string[]): Promise<Lists> {
  if (args.length < 2 || !args.some((arg) => arg === '--help' || arg === '-h')) return () => '';
  const { listNames } = await import('./help/lists.ts');
  return (definition) => listNames(definition, HELP_COLUMNS);
}

/** Commander's own width where it does not know the terminal's. */
const HELP_COLUMNS = 80;

function buildProgram(args: readonly string[], io: Io, state: State, lists: Lists = () => ''): Command {
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
          ...explainMistake(text).map((line) => `  ${line}`),
        ),
    })
    .exitOverride((error) => {
      throw Object.assign(error, { pending: pending.join('') });
    })
    .showHelpAfterError('(--help lists the commands and options)')
    .helpOption('-h, --help', 'show this help')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .helpCommand(false)
    .addHelpText('after', PROGRAM_EXAMPLES);
  const commands = [
    ...ANALYSES.map((definition) => ({
      name: definition.name,
      add: () => addAnalysis(program, definition, io, state, lists),
    })),
    { name: 'report', add: () => addReport(program, io, state) },
    { name: 'extract', add: () => addExtract(program, args.slice(1), io, state) },
    { name: 'import', add: () => addImport(program, io, state) },
    { name: 'convert', add: () => addConvert(program, io, state) },
    { name: 'schema', add: () => addSchema(program, io) },
    { name: 'completion', add: () => addCompletion(program, io) },
    { name: 'help', add: () => addHelp(program) },
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
Topics (wfa help TOPIC):
  ${Object.keys(TOPICS).join(', ')}

Examples:
  $ wfa runs --data sample:                            what the bundled runs are
  $ wfa compare uniform non-uniform --data sample:     the main question
  $ wfa report --data sample: -o report.html           everything on one page
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

/** The rows of a Parquet file can be these. */
const TABLES = ['runs', 'tasks'];
/** Forms of other tools that `wfa convert --to` writes. */
const FOREIGN_FORMS = ['wfformat', 'perfetto'];

const SCHEMA_EXAMPLES = [
  { command: 'wfa schema > run-record.schema.json', comment: 'keep it for a validator' },
  { command: 'wfa schema compare > compare.schema.json', comment: 'what wfa compare --format json holds' },
];

function wordExamples(examples: AnalysisDefinition['examples']): string {
  return ['', 'Examples:', ...examples.flatMap(({ command, comment }) => [`  # ${comment}`, `  $ ${command}`])].join(
    '\n',
  );
}

function addAnalysis(program: Command, definition: AnalysisDefinition, io: Io, state: State, lists: Lists): void {
  const command = addQuestion(program, definition, toOptions('output', definition))
    .summary(definition.summary)
    .description(definition.description)
    .helpGroup('Questions:');
  command.addHelpText('after', () => `${lists(definition)}\n${wordExamples(definition.examples)}`);
  command.action(async () => {
    const { runAnalysis } = await import('./run-analysis.ts');
    state.status = await runAnalysis(definition, ...splitOptions(command, definition), io);
  });
}

/** A command that takes what an analysis is asked, and what to ask it of. */
function addQuestion(parent: Command, definition: CommandDefinition, outputs: readonly Option[]): Command {
  const command = parent.command(definition.name);
  for (const { name, description } of definition.arguments) {
    // Those that lack are named by the command itself, which knows what could stand there.
    command.argument(name.replace('<', '[').replace('>', ']'), description);
  }
  if (definition.arguments.length === 0) command.argument('[planner...]', 'only runs of these planners');
  command.usage(`${[...definition.arguments.map(({ name }) => name), '[data...]'].join(' ')} [options]`);
  command.allowExcessArguments();
  const options = [
    ...definition.options.map(toOption),
    ...toOptions('input', definition, definition.ownFilters),
    ...toSourceOptions(definition.ownFilters),
    ...outputs,
  ];
  for (const option of sortByGroup(options)) command.addOption(option);
  return command;
}

/** Help lists groups in the order in which the first option of each stands. */
function sortByGroup(options: readonly Option[]): Option[] {
  const order: readonly (string | undefined)[] = Object.values(GROUPS);
  return [...options].sort((a, b) => order.indexOf(a.helpGroupHeading) - order.indexOf(b.helpGroupHeading));
}

/** The analysis's own part of what was given, and the part that all commands share. */
function splitOptions(command: Command, definition: CommandDefinition): [RawOptions, CommonFlags] {
  const taken: readonly string[] = definition.ownFilters ?? [];
  const given = Object.entries(command.opts());
  const isOwn = (name: string) => taken.includes(name) || !COMMON_FLAG_NAMES.includes(name);
  const raw = { arguments: command.args, options: Object.fromEntries(given.filter(([name]) => isOwn(name))) };
  return [raw, Object.fromEntries(given.filter(([name]) => !taken.includes(name))) as unknown as CommonFlags];
}

function addReport(program: Command, io: Io, state: State): void {
  const command = addQuestion(
    program,
    REPORT,
    toOptions('output', REPORT).filter(({ long }) => REPORT_FLAGS.includes(long ?? '')),
  )
    .summary(REPORT.summary)
    .description(REPORT.description)
    .addHelpText('after', () => `\n${wordExamples(REPORT.examples)}`)
    .helpGroup('Questions:');
  command.action(async () => {
    const { runReport } = await import('./run-report.ts');
    state.status = await runReport(...splitOptions(command, REPORT), io);
  });
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
  for (const definition of selectAsked<CommandDefinition>([...ANALYSES, REPORT], args)) {
    const output = new Option(
      '-o, --output <file>',
      'write there instead of standard output; packed if it ends in .gz',
    );
    const command = addQuestion(extract, definition, [output.helpGroup(GROUPS.essential)]);
    command.summary(`facts for wfa ${definition.name}`);
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
    .addOption(
      new Option(
        '--to <format>',
        "another tool's form: wfformat (WfCommons 1.5, one instance per line), or perfetto (a trace for ui.perfetto.dev and chrome://tracing)",
      ).argParser(parseChoice('--to', FOREIGN_FORMS)),
    )
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
    .argument(
      '[name]',
      "a command; report: everything around the result of any; run-record: wfa's own; without: a run record of the engine",
    )
    .summary('the JSON Schema of a result, or of a run record')
    .description(
      "Prints the JSON Schema (draft 2020-12) of what a command's --format json holds, with words and a unit for each key. Without a name: that of the run records that wfa reads. The first number of schemaVersion is raised when a key goes or changes its meaning, the second when one comes.",
    )
    .addHelpText('after', wordExamples(SCHEMA_EXAMPLES))
    .action(async (name?: string) => {
      const { printSchema } = await import('./schema.ts');
      await writeStdout(io, await printSchema(name));
    });
}

const COMPLETION_EXAMPLES = [
  { command: `eval "$(wfa completion bash)"`, comment: 'bash, in ~/.bashrc' },
  { command: 'source <(wfa completion zsh)', comment: 'zsh, in ~/.zshrc after compinit' },
  { command: 'wfa completion fish > ~/.config/fish/completions/wfa.fish', comment: 'fish' },
];

function addCompletion(program: Command, io: Io): void {
  program
    .command('completion')
    .argument('[shell]', 'bash, zsh or fish')
    .summary('completion for bash, zsh and fish')
    .description(
      'Prints a script that makes the shell complete commands, options and their values; planners, workflows and SLAs from WFA_DATA or --data where these are small.',
    )
    .addHelpText('after', wordExamples(COMPLETION_EXAMPLES))
    .action(async (shell?: string) => {
      const { writeCompletion } = await import('./help/shells.ts');
      await writeStdout(io, writeCompletion(shell));
    });
}

/** It is answered before commands are looked at: this is what lists it. */
function addHelp(program: Command): void {
  program
    .command('help')
    .argument('[topic]', `a command, or ${Object.keys(TOPICS).join(', ')}`)
    .summary('a page about a command or a topic');
}

function toOption({ flags, description, repeatable }: OptionSpec): Option {
  const option = new Option(flags, description).helpGroup(GROUPS.question);
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
  const refused = refuseSurroundings(error);
  if (refused !== null) return reportError(refused, io);
  if (error instanceof UserError) {
    say(io, `wfa: ${error.message}`, ...error.hintLines.map((line) => `  ${line}`));
    return STATUS.failed;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  say(io, `wfa: this is a bug in wfa ${packageJson.version}, please report it:`, ...(stack ?? '').split('\n'));
  return STATUS.bug;
}

/** Words what the system refused wherever it was asked; `null`: the fault is elsewhere. */
function refuseSurroundings(cause: unknown): UserError | null {
  const { code, syscall } = (cause ?? {}) as NodeJS.ErrnoException;
  // It can be any file, also one of wfa's own.
  if (code === 'EMFILE' || code === 'ENFILE')
    return new UserError('unreadable', 'Too many files are open.', {
      hint: 'Allow more of them: ulimit -n 256',
      cause,
    });
  if (syscall === 'uv_cwd')
    return new UserError('unreadable', 'The current folder is not there any more.', {
      hint: 'Go to another: cd ~',
      cause,
    });
  return null;
}
