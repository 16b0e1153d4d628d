import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JudgedClaim } from '../../src/analyses/claim/result.ts';
import { askWfa } from '../ask-wfa.ts';
import { ROOT } from '../spawn-wfa.ts';

/**
 * `wfa claim` against an independent implementation in Python (`test/reference/claim_reference.py`, numpy 2 and scipy 1.17.1), whose
 * answers on the bundled samples stand in `claim-answers.json`.
 */

interface Answers {
  readonly files: readonly string[];
  readonly answers: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number | null>>>>>>;
}

const { files, answers }: Answers = JSON.parse(
  readFileSync(join(import.meta.dirname, '../reference/claim-answers.json'), 'utf8'),
);

describe.each(Object.entries(answers))('%s', (metric, scopes) => {
  const asked = (async () => {
    const data = files.flatMap((file) => ['-d', join(ROOT, file)]);
    const { stdout } = await askWfa(['claim', `non-uniform vs uniform: ${metric} -53 %`, ...data, '-f', 'json']);
    return JSON.parse(stdout).result as JudgedClaim;
  })();

  test.each(Object.entries(scopes))('%s', async (scope, expected) => {
    const { blocked, ways } = await asked;
    for (const [key, figure] of Object.entries(expected)) {
      const found =
        scope === 'blocked'
          ? blocked[key as 'changeFraction']
          : ways.find((way) => way.way === key && way.scope === scope)?.changeFraction;
      expect(found, `${scope} ${key}`).toBeCloseTo(figure as number, 9);
    }
  });
});
