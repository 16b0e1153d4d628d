import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Says on standard error which of the programs are not here, and gives that; `null` when all are. In CI they must be. */
export function whyMissing(programs: readonly string[], packages: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const missing = programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  if (missing.length === 0) return null;
  const why = `${missing.join(', ')} not here (Debian: ${packages})`;
  if (process.env['CI']) throw new Error(why);
  process.stderr.write(`skipped: ${why}\n`);
  return why;
}
