import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { makeScratch } from '../scratch.ts';

/** What a terminal is shown, and what it is spared; a pipe gets the same bytes whoever looks on. */

const scratch = makeScratch();
const COMPARE = ['compare', 'uniform', 'non-uniform', '-d', 'sample:'];
const onTerminal = (args: readonly string[], env: Record<string, string> = {}, terminalColumns = 120) =>
  askWfa(args, { terminalColumns, env: { NO_COLOR: '', ...env } });
const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('on a terminal', () => {
  it('tables take its width rather than what COLUMNS says, and that of --columns before both', async () => {
    const [narrow, wide, asked] = await Promise.all([
      onTerminal(COMPARE, { COLUMNS: '200' }, 80),
      onTerminal(COMPARE, { COLUMNS: '80' }, 160),
      onTerminal([...COMPARE, '--columns', '100'], {}, 160),
    ]);
    const [at80, at160, at100] = [narrow, wide, asked].map(({ stdout }) => widest(stripVTControlCharacters(stdout)));
    expect(at80).toBeLessThanOrEqual(80);
    expect(at160).toBeGreaterThan(100);
    expect(at160).toBeLessThanOrEqual(160);
    expect(at100).toBeLessThanOrEqual(100);
  });

  it('tables have colours, unless NO_COLOR or --no-color forbids them', async () => {
    const [colours, environment, flag] = await Promise.all([
      onTerminal(COMPARE),
      onTerminal(COMPARE, { NO_COLOR: '1' }),
      onTerminal([...COMPARE, '--no-color']),
    ]);
    expect(colours.stdout).not.toBe(stripVTControlCharacters(colours.stdout));
    expect(environment.stdout).toBe(stripVTControlCharacters(colours.stdout));
    expect(flag.stdout).toBe(environment.stdout);
  });

  it('somebody is told what was written, and in a pipe nobody is', async () => {
    const [seen, unseen] = [scratch.path('seen.json'), scratch.path('unseen.json')];
    const shown = await onTerminal([...COMPARE, '-o', seen]);
    const piped = await askWfa([...COMPARE, '-o', unseen]);
    expect(shown).toMatchObject({ status: 0, stdout: '' });
    expect(shown.stderr).toContain(`${seen} written`);
    expect(piped.stderr).not.toContain('written');
    expect(readFileSync(seen, 'utf8')).toBe(readFileSync(unseen, 'utf8'));
  });

  test.each(['png', 'pdf', 'parquet'])('%s is refused with a way on, and nothing of it is shown', async (format) => {
    const { status, stdout, stderr } = await onTerminal([...COMPARE, '-f', format]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/is not for a terminal|is no format|--format/);
    expect(stderr).not.toMatch(/bug/);
  });

  it('machine formats that would fill ten screens are refused, and short ones have the bytes that a pipe gets', async () => {
    const flood = await onTerminal(['runs', '--list', '--all', '-d', 'sample:', '-f', 'json']);
    expect(flood).toMatchObject({ status: 2, stdout: '' });
    expect(flood.stderr).toMatch(/json of \d+ kB is too much for a terminal\.\n.*--output/);
    const short = ['compare', 'uniform', 'non-uniform', '-d', 'sample:', '-f', 'csv'];
    expect((await onTerminal(short)).stdout).toBe((await askWfa(short)).stdout);
  });
});
