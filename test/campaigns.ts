import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './spawn-wfa.ts';

/**
 * The folder of real files of other engines and platforms, which are no part of the project: what WFA_CAMPAIGNS names, else beside the
 * clone. Empty: they are not here.
 */
export const CAMPAIGNS =
  [process.env['WFA_CAMPAIGNS'], join(ROOT, '../shared/campaigns')].find((folder) => folder && existsSync(folder)) ??
  '';
