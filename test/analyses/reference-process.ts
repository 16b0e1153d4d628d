import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll } from 'vitest';
import { testWith } from '../need-program.ts';
import { ROOT } from '../spawn-wfa.ts';

/** Finds scipy without loading it. */
const HAS_SCIPY = "import importlib.util, sys; sys.exit(importlib.util.find_spec('scipy') is None)";

export const testWithScipy = testWith('python3', ['-c', HAS_SCIPY]);

interface Answer {
  readonly printed: string;
  /** Why the script did not come to its end. */
  readonly failed: string | null;
}

/**
 * Gives a function that runs a script of `test/reference` and gives what it prints; throws when the script fails. One Python process
 * runs all that a test file asks for: loading scipy takes two seconds of each process.
 */
export function useReferences(): (script: string, ...args: readonly string[]) => Promise<string> {
  let started: ReturnType<typeof startPython> | undefined;
  afterAll(() => started?.stop());
  return (...call) => {
    started ??= startPython();
    return started.run(call);
  };
}

function startPython() {
  const python = spawn('python3', ['test/reference/serve.py'], { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  return {
    run: async (call: readonly string[]): Promise<string> => {
      python.stdin.write(`${JSON.stringify(call)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${call.join(' ')}: python3 has ended`);
      const { printed, failed } = JSON.parse(value) as Answer;
      if (failed !== null) throw new Error(`${call.join(' ')}: ${failed}`);
      return printed;
    },
    stop: () => python.stdin.end(),
  };
}
