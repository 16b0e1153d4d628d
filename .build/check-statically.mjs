// Runs the checks that read the sources only, as many at once as there are cores; what each prints comes in one piece when it ends.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The longest first. */
const SCRIPTS = ['types', 'dead-code', 'directions', 'lint'];

function runScript(name) {
  const child = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => printed.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (status) => {
      process.stdout.write(`${name}: ${status === 0 ? 'good' : `status ${status}`}\n`);
      process.stdout.write(Buffer.concat(printed));
      resolve(status === 0);
    });
  });
}

const waiting = [...SCRIPTS];
const results = [];
async function work() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) results.push(await runScript(name));
}
await Promise.all(Array.from({ length: availableParallelism() }, work));
process.exitCode = results.every(Boolean) ? 0 : 1;
