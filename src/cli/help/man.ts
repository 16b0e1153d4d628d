import type { Command } from 'commander';
import { ANALYSES } from '../../analyses/list.ts';
import { listNames } from './lists.ts';
import { TOPICS } from './topic-names.ts';

/** Writes the man page, wfa(1), of the commands as the command line has them. */
export function writeManPage(program: Command, version: string): string {
  const helper = program.createHelp();
  const commands = helper.visibleCommands(program);
  return `${[
    `.TH WFA 1 "" "wfa ${version}" "User Commands"`,
    '.SH NAME',
    `wfa \\- ${escapeRoff(
      program
        .description()
        .replace(/\.$/, '')
        .replace(/^Compares/, 'compares'),
    )}`,
    '.SH SYNOPSIS',
    '.B wfa',
    'COMMAND [ARGUMENTS] [OPTIONS]',
    '.SH COMMANDS',
    ...commands.flatMap((command) => writeCommand(command)),
    '.SH TOPICS',
    'wfa help TOPIC:',
    ...Object.entries(TOPICS).flatMap(([name, words]) => tagged(name, words)),
    '.SH EXIT STATUS',
    ...tagged('0', 'done'),
    ...tagged('1', 'a gate of --fail-on tripped'),
    ...tagged('2', 'it could not run, or --strict and a record that cannot be read'),
    ...tagged('3', 'a gate cannot be decided'),
    ...tagged('70', 'a bug in wfa'),
    '.SH ENVIRONMENT',
    ...tagged('WFA_DATA', 'data where no --data is given'),
    ...tagged('COLUMNS, NO_COLOR, FORCE_COLOR', 'width and colours of tables'),
    ...tagged('AWS_*', 'credentials, region and endpoint for s3://'),
  ].join('\n')}\n`;
}

function writeCommand(command: Command): string[] {
  const helper = command.createHelp();
  const definition = ANALYSES.find(({ name }) => name === command.name());
  const names = definition ? listNames(definition, 72).trim() : '';
  return [
    `.SS "wfa ${escapeRoff(`${command.name()} ${command.usage()}`)}"`,
    escapeRoff(command.description()),
    ...helper.visibleOptions(command).flatMap((option) => tagged(option.flags, helper.optionDescription(option))),
    ...(names ? ['.PP', '.nf', ...names.split('\n').map(escapeRoff), '.fi'] : []),
  ];
}

const tagged = (tag: string, words: string): string[] => ['.TP', `\\fB${escapeRoff(tag)}\\fR`, escapeRoff(words)];

/** Escapes a line for roff: backslashes, hyphens that are typed, and a dot or quote that would begin a request. */
const escapeRoff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/, '\\&');
