import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askWfa } from './ask-wfa.ts';
import { testWith } from './need-program.ts';
import { startRedis } from './redis/server.ts';
import { missingS3Server, s3Environment, useS3Bucket } from './s3/use-server.ts';

/**
 * The documents' `$ wfa …` blocks are run and must print what the documents say; their pictures are drawn and must be the files
 * in `.readme`. UPDATE_README=1 writes what comes out into them instead: then read the difference.
 */
const update = process.env['UPDATE_README'] === '1';
const DOCUMENTS = ['README.md', 'samples/README.md', 'src/README.md', '.github/CONTRIBUTING.md', 'CHANGELOG.md'];
/** Those that show what wfa prints. */
const WITH_EXAMPLES = ['README.md', 'samples/README.md'];
const BLOCK = /```console\n\$ (.*)\n([\s\S]*?)```/g;

/** A command of wfa alone, whose words are bare or in quotes. */
const PLAIN = /^wfa( ([\w.,:/=-]+|'[^']*'|"[^"$`\\]*"))+$/;

/** Gives what a line prints in an empty folder: wfa alone is asked in this process, anything else is run by a shell. */
async function runLine(line: string): Promise<string> {
  if (!PLAIN.test(line)) return shell(line);
  const folder = mkdtempSync(join(tmpdir(), 'wfa-readme-'));
  const [, ...words] = line.match(/[^ '"]+|'[^']*'|"[^"]*"/g) ?? [];
  const args = words.map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
  const { stdout, stderr } = await askWfa(args, { cwd: folder });
  return stdout + stderr;
}

/** Runs a shell line in which `wfa` is the program, in an empty folder. */
function shell(line: string, env: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'wfa-readme-'));
  const bin = join(process.cwd(), 'bin', 'wfa.js');
  const script = `wfa() { node ${JSON.stringify(bin)} "$@"; }\n${line}`;
  const run = spawnSync('bash', ['-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, COLUMNS: '80', ...env },
  });
  return run.stdout + run.stderr;
}

/** The bucket of the examples: the samples, below `november/`. */
async function prepareBucket(): Promise<Record<string, string>> {
  const bucket = await useS3Bucket('campaigns');
  for (const name of ['older.ndjson.gz', 'newer.ndjson.gz']) {
    await bucket.put(`november/${name}`, readFileSync(join('samples', name)));
  }
  return s3Environment(bucket.endpoint);
}

const REDIS = 'redis://localhost';
const hasRedis = testWith('redis-server') === it;

/** Runs a shell line against a Redis server with the store of the tests, on whatever port. */
async function shellWithRedis(line: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'wfa-readme-redis-'));
  copyFileSync('test/fixtures/engine-store.rdb', join(directory, 'dump.rdb'));
  const server = await startRedis(directory);
  const address = `redis://127.0.0.1:${server.port}`;
  try {
    return (await runLine(line.replaceAll(REDIS, address))).replaceAll(address, REDIS);
  } finally {
    await server.stop();
  }
}

const blocksOf = (document: string) =>
  [...readFileSync(document, 'utf8').matchAll(BLOCK)].map(([, command = '', output = '']) => ({ command, output }));

/** The anchors of a document's headings, as GitHub makes them. */
const anchorsOf = (document: string) =>
  new Set(
    [
      ...readFileSync(document, 'utf8')
        .replace(/```[\s\S]*?```/g, '')
        .matchAll(/^#+ (.*)$/gm),
    ].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(document, 'utf8').replace(/```[\s\S]*?```/g, '');
  const links = [...text.matchAll(/(?:\]\(|src="|srcset=")([^)"]+)[)"]/g)].map(([, link = '']) => link);

  it('links to files and headings that are there', () => {
    const broken = links.filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? document : join(dirname(document), path);
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).has(anchor));
    });
    expect(broken).toEqual([]);
  });
});

describe.each(WITH_EXAMPLES)('examples of %s', (document) => {
  const blocks = blocksOf(document);

  it('has examples', () => expect(blocks.length).toBeGreaterThan(1));

  const missing = missingS3Server();
  let preparing: Promise<Record<string, string>> | undefined;

  /** Why the example cannot be run here, if it asks a server. */
  const missingServer = (command: string) => {
    if (command.includes(REDIS) && !hasRedis) return 'redis-server is not installed';
    return command.includes('s3://') ? missing : null;
  };
  const run = async (command: string) => {
    if (command.includes(REDIS)) return shellWithRedis(command);
    if (!command.includes('s3://')) return runLine(command);
    preparing ??= prepareBucket();
    return shell(command, await preparing);
  };

  it.for(blocks)('$command', { timeout: 120_000 }, async ({ command, output }, { skip }) => {
    const lacking = missingServer(command);
    if (lacking) return skip(lacking);
    const printed = await run(command);
    // No update may write a crash into a document.
    expect(printed).not.toContain('this is a bug in wfa');
    if (update) {
      const current = readFileSync(document, 'utf8');
      writeFileSync(
        document,
        current.replace(`$ ${command}\n${output}\`\`\``, () => `$ ${command}\n${printed}\`\`\``),
      );
    } else expect(printed).toBe(output);
  });
});

const PICTURES = [
  ['compare-light.svg', 'compare uniform non-uniform --data sample: --format svg'],
  ['compare-dark.svg', 'compare uniform non-uniform --data sample: --format svg --theme dark'],
  ['preload.svg', 'preload --planner non-uniform-opt --data sample:newer --format svg'],
  ['accuracy.svg', 'accuracy --data sample:newer --format svg'],
  ['sla.svg', 'sla --data sample:newer --format svg'],
  ['breakdown.svg', 'breakdown --data sample: --format svg'],
  ['prewarm.svg', 'prewarm --data sample:newer --format svg'],
  ['taskdup.svg', 'taskdup --data sample:older --format svg'],
  ['whatif.svg', 'whatif --run 1795341014188 --data sample:newer --format svg'],
  ['workers.svg', 'workers --data sample:newer --workflow gemm --format svg'],
  ['run.svg', 'run 1795341014188 --plan --data sample:newer --format svg'],
  ['tradeoff.svg', 'compare uniform non-uniform --data sample: --format svg --chart-kind tradeoff --width 130mm'],
] as const;

describe('pictures of the documents', () => {
  it.each(PICTURES)('%s', async (name, command) => {
    const drawn = await runLine(`wfa ${command}`);
    const path = join('.readme', name);
    if (update) writeFileSync(path, drawn);
    else expect(drawn === readFileSync(path, 'utf8'), `${path} is not what wfa draws now`).toBe(true);
  });
});
