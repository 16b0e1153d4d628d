// Draws every chart kind of every command for people to look at, with contact sheets: npm run build, then
// node test/render/gallery.mjs [--out FOLDER] [--data NAME …] [--command NAME …] [--width 85mm …] [--theme light …] [--format png].
// Status 1 when a chart cannot be drawn.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Resvg } from '@resvg/resvg-js';

const { values: flags } = parseArgs({
  options: {
    out: { type: 'string', default: mkdtempSync(join(tmpdir(), 'wfa-gallery-')) },
    data: { type: 'string', multiple: true, default: [] },
    command: { type: 'string', multiple: true, default: [] },
    width: { type: 'string', multiple: true, default: ['85mm', '180mm'] },
    theme: { type: 'string', multiple: true, default: ['light'] },
    format: { type: 'string', default: 'png' },
    /** The program, where it is not to change while pictures are drawn. */
    bin: { type: 'string' },
  },
});
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BIN = flags.bin ?? join(ROOT, 'bin/wfa.js');
const FONT = join(ROOT, 'dist/fonts/Inter-Regular.ttf');
mkdirSync(flags.out, { recursive: true });

const RECORDS = ['newer', 'older'].flatMap((name) =>
  gunzipSync(readFileSync(join(ROOT, `samples/${name}.ndjson.gz`)))
    .toString()
    .trimEnd()
    .split('\n'),
);
const PLANNERS = ['UniformPlanner', 'NonUniformPlanner', 'UniformPlanner-opt', 'NonUniformPlanner-opt'];
const LONG = '-with-a-name-that-nobody-would-like-to-type-twice';
const WIDE = '計画器の長い名前';

/** A data set: its records, and the planners to compare: the baseline first. */
const DATA = {
  'w1-p1': { records: ofWorkflows(['gemm'], PLANNERS.slice(0, 1)), planners: PLANNERS.slice(0, 1) },
  'w1-p3': { records: ofWorkflows(['gemm'], PLANNERS.slice(0, 3)), planners: PLANNERS.slice(0, 3) },
  'w3-p3': {
    records: ofWorkflows(['gemm', 'tree_reduction', 'image_transformer'], PLANNERS.slice(0, 3)),
    planners: PLANNERS.slice(0, 3),
  },
  sample: { records: RECORDS, planners: PLANNERS.slice(0, 2) },
  'w12-p6': { records: RECORDS.flatMap(copyWorkflow), planners: [...PLANNERS, 'WUKONGPlanner'] },
  deep: { records: RECORDS.flatMap(repeatRun), planners: PLANNERS },
  long: { records: RECORDS.map((text) => rename(text, LONG)), planners: PLANNERS.map((name) => lengthen(name, LONG)) },
  wide: { records: RECORDS.map((text) => rename(text, WIDE)), planners: PLANNERS.map((name) => lengthen(name, WIDE)) },
  equal: { records: makeEqual(), planners: PLANNERS.slice(0, 2) },
  failing: { records: RECORDS.map(breakSome), planners: PLANNERS.slice(0, 2) },
};

function change(text, edit) {
  const record = JSON.parse(text);
  edit(record);
  return JSON.stringify(record);
}

function plannerOf({ tasks }) {
  return tasks.find(({ metrics }) => metrics)?.metrics.planner_used_name;
}

function ofWorkflows(workflows, planners) {
  return RECORDS.filter((text) => {
    const record = JSON.parse(text);
    return workflows.includes(record.dag_name) && planners.includes(plannerOf(record));
  });
}

function namePlanners(record, nameOf) {
  if (record.plan) record.plan.planner_name = nameOf(record.plan.planner_name);
  for (const { metrics } of record.tasks) if (metrics) metrics.planner_used_name = nameOf(metrics.planner_used_name);
}

/** The same run as another run: its id stands in many keys. */
function reidentify(text, suffix) {
  const { master_dag_id: id } = JSON.parse(text);
  return text.replaceAll(id, `${id}${suffix}`);
}

function copyWorkflow(text) {
  return [0, 1, 2].map((copy) =>
    change(reidentify(text, `-${copy}`), (record) => {
      record.dag_name = `${record.dag_name}_${copy + 1}`;
    }),
  );
}

/** More runs of the same cells, so that figures have intervals. */
function repeatRun(text) {
  return [text, reidentify(text, '-a'), reidentify(text, '-b')];
}

/** An optimized planner is known by the end of its name. */
function lengthen(name, suffix) {
  return name.replace(/(-opt)?$/, `${suffix}$1`);
}

function rename(text, suffix) {
  return change(text, (record) => {
    record.dag_name += suffix;
    namePlanners(record, (name) => lengthen(name, suffix));
  });
}

/** Every run of two planners is the same run, minutes apart. */
function makeEqual() {
  const planned = ofWorkflows(['gemm'], ['UniformPlanner']).find((text) => JSON.parse(text).plan);
  return Array.from({ length: 12 }, (_, i) =>
    change(reidentify(planned, `-${i}`), (record) => namePlanners(record, () => PLANNERS[i % 2])),
  );
}

/** Every fourth run stops halfway: later tasks left nothing. */
function breakSome(text, i) {
  if (i % 4 > 0) return text;
  return change(text, (record) => {
    const started = record.tasks
      .map(({ metrics }) => metrics?.started_at_timestamp_s ?? Infinity)
      .sort((a, b) => a - b);
    const end = started[started.length >> 1];
    for (const task of record.tasks) if ((task.metrics?.started_at_timestamp_s ?? Infinity) >= end) task.metrics = null;
    record.resource_usage = null;
  });
}

/** Questions by command: arguments for the planners at hand. `null`: too few planners. */
const QUESTIONS = {
  run: () => ['--slowest', '--plan'],
  compare: (planners) => (planners.length > 1 ? planners : null),
  rank: (planners) => (planners.length > 1 ? [] : null),
  claim: ([baseline, candidate]) => (candidate ? [`${candidate} vs ${baseline}: makespan -8.1 %`] : null),
  preload: (planners) => {
    const preloading = planners.find((name) => /-opt/.test(name)) ?? 'UniformPlanner-opt';
    return ['--planner', preloading];
  },
};
const QUESTIONS_BESIDE = [
  {
    command: 'compare',
    name: 'compare-all',
    ask: (planners) => (planners.length > 1 ? [...planners, '--metric', 'all'] : null),
  },
  { command: 'rank', name: 'rank-all', ask: (planners) => (planners.length > 1 ? ['--metric', 'all'] : null) },
  { command: 'sla', name: 'sla-all', ask: () => ['--metric', 'all'] },
  {
    command: 'whatif',
    name: 'whatif-run',
    ask: (_planners, _folder, records) => [
      '--scenario',
      'all-warm',
      '--run',
      JSON.parse(records.find((text) => JSON.parse(text).plan) ?? records[0]).master_dag_id,
    ],
  },
  {
    command: 'claim',
    name: 'claim-list',
    ask: (planners, folder) => {
      if (planners.length < 2) return null;
      const path = join(folder, 'claims.txt');
      const lines = ['makespan -53 %', 'resource-usage -45 %', 'execution-time +3 %', 'makespan -12 %'];
      writeFileSync(
        path,
        planners
          .slice(1)
          .flatMap((name) => lines.map((line) => `${name} vs ${planners[0]}: ${line}`))
          .join('\n'),
      );
      return ['--claims', path];
    },
  },
];

function wfa(args, env = {}) {
  return spawnSync(process.execPath, [BIN, ...args], {
    encoding: 'utf8',
    env: { ...process.env, COLUMNS: '200', NO_COLOR: '1', ...env },
  });
}

const chosen = (name, wanted) => wanted.length === 0 || wanted.includes(name);

function listKinds() {
  const help = wfa(['--help']).stdout;
  const commands = [...(/Questions:\n([\s\S]*?)\n\n/.exec(help)?.[1] ?? '').matchAll(/^ {2}(\w+) /gm)].map(
    ([, name]) => name,
  );
  const asked = [
    ...commands.map((command) => ({ command, name: command, ask: QUESTIONS[command] ?? (() => []) })),
    ...QUESTIONS_BESIDE,
  ];
  return asked.flatMap((question) => {
    const kinds =
      /--chart-kind <kind>\s+([\w,\s-]+?)\s+\(default/
        .exec(wfa([question.command, '--help']).stdout)?.[1]
        .split(/,\s+/) ?? [];
    return kinds.map((kind) => ({ ...question, kind }));
  });
}

/** Pixels of a contact sheet at most, and around each picture. */
const [SHEET_WIDTH, SHEET_HEIGHT, GAP, CAPTION] = [1400, 1500, 10, 16];

const sizeOf = (png) => ({ width: png.readUInt32BE(16) / 2, height: png.readUInt32BE(20) / 2 });

/** Puts pictures beside each other, in rows. */
function makeSheets(pictures, nameOf) {
  const sheets = [[]];
  let [x, y, rowHeight] = [0, 0, 0];
  for (const { path, label } of pictures) {
    const png = readFileSync(path);
    const { width, height } = sizeOf(png);
    if (x > 0 && x + width > SHEET_WIDTH) [x, y, rowHeight] = [0, y + rowHeight + GAP, 0];
    if (y > 0 && y + height + CAPTION > SHEET_HEIGHT) {
      sheets.push([]);
      [x, y, rowHeight] = [0, 0, 0];
    }
    sheets.at(-1).push({ png, label, x, y, width, height });
    x += width + GAP;
    rowHeight = Math.max(rowHeight, height + CAPTION);
  }
  for (const [i, placed] of sheets.entries()) {
    const most = (side, size) => Math.ceil(Math.max(1, ...placed.map((picture) => picture[side] + picture[size])));
    const [width, height] = [most('x', 'width'), most('y', 'height') + CAPTION];
    const parts = placed.map(
      ({ png, label, x: left, y: top, width: wide, height: high }) =>
        `<text x="${left}" y="${top + 11}" font-family="Inter" font-size="10" fill="#c00">${label}</text>` +
        `<image x="${left}" y="${top + CAPTION}" width="${wide}" height="${high}" href="data:image/png;base64,${png.toString('base64')}"/>` +
        `<rect x="${left}" y="${top + CAPTION}" width="${wide}" height="${high}" fill="none" stroke="#ccc" stroke-width="0.5"/>`,
    );
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${parts.join('')}</svg>`;
    const font = { fontFiles: [FONT], loadSystemFonts: false, defaultFontFamily: 'Inter' };
    const path = join(flags.out, `${nameOf(i + 1)}.png`);
    writeFileSync(path, new Resvg(svg, { background: '#eeeeee', font }).render().asPng());
    process.stdout.write(`${path}\n`);
  }
}

const kinds = listKinds().filter(({ command, name }) => chosen(command, flags.command) || flags.command.includes(name));
for (const [data, { records, planners }] of Object.entries(DATA)) {
  if (!chosen(data, flags.data)) continue;
  const file = join(flags.out, `${data}.ndjson`);
  writeFileSync(file, `${records.join('\n')}\n`);
  for (const width of flags.width) {
    for (const theme of flags.theme) {
      const pictures = kinds.flatMap(({ command, name, kind, ask }) => {
        const asked = ask(planners, flags.out, records);
        if (asked === null) return [];
        const label = [data, name, kind, width, theme].join('_');
        const path = join(flags.out, `${label}.${flags.format}`);
        const args = [
          command,
          ...asked,
          '-d',
          file,
          '-o',
          path,
          '--chart-kind',
          kind,
          '--width',
          width,
          '--theme',
          theme,
        ];
        const { status, stderr } = wfa(args);
        if (status === 0) return [{ path, label }];
        process.stdout.write(
          `${label}: status ${status}: ${stderr.split('\n').find((line) => line.startsWith('wfa:')) ?? stderr}\n`,
        );
        if (status !== 2) process.exitCode = 1;
        return [];
      });
      if (flags.format === 'png') makeSheets(pictures, (i) => `sheet_${data}_${width}_${theme}_${i}`);
    }
  }
}
