// Packs wfa, installs the package for production into an empty folder without running any install script, and tries it.
// node test/bench/install-size.mjs; status 1 when the folder takes more than 120 MB or a package asks for an install script.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MOST_BYTES = 120e6;
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'wfa-install-'));
try {
  const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [packed] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root));
  npm(
    ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--prefix', folder, join(folder, packed.filename)],
    folder,
  );

  const entries = await readdir(join(folder, 'node_modules'), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const lengths = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  const byteLength = lengths.reduce((sum, length) => sum + length, 0);
  const lock = JSON.parse(await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8'));
  const scripted = Object.keys(lock.packages).filter((path) => lock.packages[path].hasInstallScript);
  const wfa = join(folder, 'node_modules/wfa/bin/wfa.js');
  const run = (args) => execFileSync(process.execPath, [wfa, ...args, '--data', 'sample:'], { cwd: folder });
  run(['compare', 'uniform', 'non-uniform']);
  const png = run(['compare', 'uniform', 'non-uniform', '-f', 'png']);

  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  process.stdout.write(
    `packed ${megabytes(packed.size)}, installed ${megabytes(byteLength)} (at most ${megabytes(MOST_BYTES)}), `,
  );
  process.stdout.write(`${Object.keys(lock.packages).length} packages: ${Object.keys(lock.packages).join(', ')}\n`);
  process.stdout.write(`packages with an install script: ${scripted.join(', ') || 'none'}\n`);
  process.stdout.write(
    `without scripts, table and PNG come out: ${png.subarray(1, 4).toString('latin1') === 'PNG' ? 'yes' : 'NO'}\n`,
  );
  const works = png.subarray(1, 4).toString('latin1') === 'PNG';
  process.exitCode = byteLength <= MOST_BYTES && scripted.length === 0 && works ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
