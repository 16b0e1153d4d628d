// Required by the process that child.mjs measures, and by its threads: reports, at its very end, what the process has used.
const { isMainThread } = require('node:worker_threads');

if (isMainThread) {
  process.on('exit', () => require('node:fs').writeSync(3, JSON.stringify(process.resourceUsage())));
}
