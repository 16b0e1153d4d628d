import { describe, expect, it, test } from 'vitest';
import { columnsOf } from '../../src/render/columns.ts';
import { escapeLatex, renderLatex } from '../../src/render/latex.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import type { RenderSettings, Report, RowSettings } from '../../src/render/report.ts';
import { renderTable } from '../../src/render/table.ts';
import type { Column, Table, View } from '../../src/view/view.ts';

const REPORT = {
  warnings: [],
  ledger: [],
  filters: [],
  filteredRunCount: 0,
  gates: [],
} as unknown as Report;
const ROWS: RowSettings = { top: null, all: false, sort: null };
const SETTINGS = { columns: 60, colourLevel: 0, rows: ROWS, quiet: false } as unknown as RenderSettings;
const COLUMNS: Column[] = [
  { key: 'name', header: 'workflow', align: 'left', wraps: true },
  { key: 'runs', header: 'runs', align: 'right' },
];

function viewOf(names: readonly string[], extra: Partial<Table> = {}): View {
  const rows = names.map((name, i) => ({ name, runs: String(i) }));
  const table = { title: null, columns: COLUMNS, rows, notes: [], ...extra };
  return { headlines: ['headline'], tables: [table], records: { columns: [], rows: [] }, charts: [] };
}

const tableOf = async (view: View, report = REPORT) => (await renderTable(report, view, SETTINGS)) as string;
const tableWith = async (view: View, rows: Partial<RowSettings>, extra: Partial<RenderSettings> = {}) =>
  (await renderTable(REPORT, view, { ...SETTINGS, ...extra, rows: { ...ROWS, ...rows } })) as string;
const markdownOf = async (view: View, report = REPORT) => (await renderMarkdown(report, view, SETTINGS)) as string;

describe('columnsOf', () => {
  // Columns as xterm shows them; also East_Asian_Width and General_Category of Unicode 16.
  test.each([
    ['gemm', 4],
    ['行列積', 6],
    ['ﾃｷｽﾄ', 4],
    ['テキスト', 8],
    ['한국어', 6],
    ['한국어'.normalize('NFD'), 6],
    ['e\u0301', 1],
    ['ไม้', 2],
    ['हिन्दी', 3],
    ['😀', 2],
    ['❤', 1],
    ['「全角」ＡＢ', 12],
    ['–…−×·', 5],
    ['𠮷', 2],
  ])('of %s is %i', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });
});

const WIDE_NAMES = ['行列積計算ワークフロー', 'テキスト分析', '图像转换器', 'gemm', 'ไม้เอก', '😀😀', 'ne\u0301e'];

describe('a table', () => {
  it('has rows and a rule of the same width, whatever the names are written in', async () => {
    const lines = (await tableOf(viewOf(WIDE_NAMES))).trimEnd().split('\n').slice(2);
    expect(new Set(lines.map((line) => columnsOf(line)))).toEqual(new Set([columnsOf(lines[1] as string)]));
    expect(lines.join('')).not.toContain('…');
  });

  it('wraps a wide name within its column and loses none of it', async () => {
    const name = '行列積計算ワークフロー'.repeat(5);
    const text = await tableOf(viewOf([name, 'short']));
    for (const line of text.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(60);
    expect(text.replace(/[\s\d─a-z]/g, '')).toBe(name);
  });

  const HOSTILE = 'text\r\n42 runs\u001b[2J\u009b\u202e\u2028';
  const SHOWN = 'text\\r\\n42 runs\\u001b[2J\\u009b\\u202e\\u2028';
  const notes = [HOSTILE, { column: 'runs', text: HOSTILE }];
  const hostileView = { ...viewOf([HOSTILE], { title: HOSTILE, notes }), headlines: [HOSTILE] };
  const hostileReport = {
    ...REPORT,
    warnings: [{ code: 'x', severity: 'warning', message: HOSTILE, args: {} }],
    ledger: [{ reason: `kind: ${HOSTILE}`, scope: 'run', metric: null, count: 1, origins: [] }],
    filters: [HOSTILE],
    gates: [{ gate: HOSTILE, of: HOSTILE, verdict: 'tripped' }],
  } as unknown as Report;

  it('lets no name act in any of its places', async () => {
    const text = await tableOf(hostileView, hostileReport);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(text).not.toMatch(/^42 runs/m);
    expect(text.replace(/\n +/g, ' ').split(SHOWN)).toHaveLength(11);
  });

  it('in Markdown lets no name end its row, nor its cell', async () => {
    const text = await markdownOf(
      { ...hostileView, ...viewOf([HOSTILE, 'a|b', '`x` <b> [l](u) &lt; ~~s~~ $x$ \\|']) },
      hostileReport,
    );
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    const rows = text.split('\n').filter((line) => line.startsWith('|'));
    expect(rows).toHaveLength(5);
    for (const row of rows) expect(row.replace(/\\./g, '').split('|')).toHaveLength(4);
    expect(text).toContain('\\`x\\` \\<b\\> \\[l\\](u) \\&lt; \\~\\~s\\~\\~ \\$x\\$ \\\\\\|');
  });

  it('takes time in proportion to its rows and to the length of names', { timeout: 20_000 }, async () => {
    const names = Array.from({ length: 40_000 }, (_, i) => `workflow-with-a-name-${i}`.repeat(4));
    const text = await tableOf(viewOf([...names, 'x'.repeat(1_000_000)]));
    expect(text).toContain('…#');
    expect(await markdownOf(viewOf(['y'.repeat(1_000_000)]))).toContain('…#');
  });
});

describe('LaTeX', () => {
  const latexOf = async (view: View) => (await renderLatex(REPORT, view, SETTINGS)) as string;

  // Each was set by pdfLaTeX (TeX Live 2022) in T1 and OT1 and read as it was given.
  test.each([
    ['a--b---c', 'a-{}-{}b-{}-{}-c'],
    ["''", "'{}'{}"],
    [',,', ',{},{}'],
    ['?`', '?\\textasciigrave{}'],
    [
      '50 % of $x_1 & #2^{3}~\\',
      '50 \\% of \\$x\\_1 \\& \\#2\\textasciicircum{}\\{3\\}\\textasciitilde{}\\textbackslash{}',
    ],
    ['● τ² ≤ ½ √χ', '$\\bullet$ $\\tau$$^2$ $\\le$ $\\frac12$ $\\surd$$\\chi$'],
    ['gemm', 'gemm'],
  ])('sets %s as it is', (text, escaped) => {
    expect(escapeLatex(text)).toBe(escaped);
  });

  test('breaks a table over pages where one page does not hold it, and says which package that needs', async () => {
    const names = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`);
    const [short, long] = await Promise.all([
      latexOf(viewOf(names(40))),
      latexOf(viewOf(names(41), { title: 'runs' })),
    ]);
    expect(short).toContain('\\usepackage{booktabs}\n');
    expect(short).toContain('\\begin{tabular}{@{}lr@{}}');
    expect(short).not.toContain('longtable');
    expect(long).toContain('\\usepackage{booktabs,longtable}');
    expect(long).toContain(
      '\\begin{longtable}{@{}lr@{}}\n    \\caption{runs} \\\\\n    \\toprule\n    workflow & runs \\\\\n',
    );
    expect(long.match(/workflow & runs/g)).toHaveLength(2);
    expect(long).not.toMatch(/\{tabular\}|\{table\}/);
  });

  test('says what names in other scripts need', async () => {
    const words = 'need LuaLaTeX or XeLaTeX';
    expect(await latexOf(viewOf(['行列']))).toContain(words);
    expect(await latexOf(viewOf(['é − × …']))).not.toContain(words);
  });
});

describe('rows of a long table', () => {
  const names = Array.from({ length: 30 }, (_, i) => `run-${String(i).padStart(2, '0')}`);
  const folding = viewOf(names, { fold: { rows: 'runs' } });
  const rowCount = (text: string) => text.match(/run-\d\d/g)?.length ?? 0;

  it('are folded to twenty unasked, and a line says so', async () => {
    const text = await tableOf(folding);
    expect(rowCount(text)).toBe(20);
    expect(text.replace(/\s+/g, ' ')).toContain('20 of 30 runs: --all shows all, --top N so many');
  });

  it('are all shown with --all, as many as asked for with --top, and always where there are few', async () => {
    expect(rowCount(await tableWith(folding, { all: true }))).toBe(30);
    expect(rowCount(await tableWith(folding, { top: 3 }))).toBe(3);
    expect(await tableOf(viewOf(names.slice(0, 20), { fold: { rows: 'runs' } }))).not.toContain('--all');
  });

  it('stay where the table does not fold, or was itself asked for', async () => {
    expect(rowCount(await tableOf(viewOf(names)))).toBe(30);
    const whole = viewOf(names, { fold: { rows: 'blocks', whole: true } });
    expect(rowCount(await tableOf(whole))).toBe(30);
    expect(rowCount(await tableWith(whole, { top: 5 }))).toBe(5);
  });

  it('are those with the largest figures where the table says by which', async () => {
    const text = await tableOf(viewOf(names, { fold: { rows: 'runs', by: 'runs' } }));
    expect(text).toMatch(/run-29 +29\nrun-28 +28\n/);
    expect(text.replace(/\s+/g, ' ')).toContain('20 of 30 runs, those with the largest runs');
  });

  it('are sorted by any column, figures from the largest, those not measured last', async () => {
    const rows = ['\u22122.0 ?', '\u2013', '+10.5', '3'].map((runs, i) => ({ name: `w${i}`, runs }));
    const view = viewOf([], { rows });
    expect((await tableWith(view, { sort: 'runs' })).match(/w\d/g)).toEqual(['w2', 'w3', 'w0', 'w1']);
    expect((await tableWith(view, { sort: 'Workflow' })).match(/w\d/g)).toEqual(['w0', 'w1', 'w2', 'w3']);
  });

  it('cannot be sorted by a column that is not there', async () => {
    await expect(tableWith(folding, { sort: 'colour' })).rejects.toMatchObject({
      code: 'unknown-column',
      hint: 'The columns are workflow and runs.',
    });
  });

  it('are all in Markdown, unless some are asked for', async () => {
    expect(rowCount(await markdownOf(folding))).toBe(30);
    const some = { ...SETTINGS, rows: { ...ROWS, top: 2 } };
    expect(rowCount((await renderMarkdown(REPORT, folding, some)) as string)).toBe(2);
  });
});

describe('a column that says a thing once', () => {
  const columns: Column[] = [
    { key: 'planner', header: 'planner', align: 'left', once: true },
    { key: 'sla', header: 'SLA', align: 'left' },
  ];
  const rows = [
    { planner: 'a', sla: 'p50' },
    { planner: 'a', sla: 'p90' },
    { planner: 'b', sla: 'p50' },
  ];

  it('is blank where the row above says the same, also after sorting', async () => {
    const view = viewOf([], { columns, rows });
    expect((await tableOf(view)).split('\n').slice(4, 7)).toEqual(['a        p50', '         p90', 'b        p50']);
    expect((await tableWith(view, { sort: 'SLA' })).split('\n').slice(4, 7)).toEqual([
      'a        p50',
      'b        p50',
      'a        p90',
    ]);
  });
});

describe('columns that do not fit', () => {
  const wide = Array.from(
    { length: 9 },
    (_, i): Column => ({ key: `c${i}`, header: `figure${i}`, align: 'right', wide: i > 6 }),
  );
  const rows = [Object.fromEntries(wide.map(({ key }) => [key, '1.23']))];

  it('are named, with the width that shows them', async () => {
    const text = await tableOf(viewOf([], { columns: wide, rows }));
    expect(text.replace(/\s+/g, ' ')).toContain(
      '3 columns hidden: figure6, figure7, figure8; --columns 79 or -f markdown shows all',
    );
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(await tableWith(viewOf([], { columns: wide, rows }), {}, { columns: 79 })).not.toContain('hidden');
  });

  it('are told apart by the column that they belong to where their headings are alike', async () => {
    const headers = ['makespan (s)', '95 %', 'p (Holm)', 'resource usage (GB-s)', '95 %', 'p (Holm)', 'blocks'];
    const columns = headers.map(
      (header, i): Column => ({ key: `c${i}`, header, align: 'right', wide: i % 3 > 0 || i > 5 }),
    );
    const row = Object.fromEntries(columns.map(({ key }) => [key, 'eleven wide']));
    const text = await tableOf(viewOf([], { columns, rows: [row] }));
    expect(text.replace(/\s+/g, ' ')).toContain(
      'hidden: p (Holm) of makespan (s), 95 % and p (Holm) of resource usage (GB-s), blocks;',
    );
  });
});

describe('quiet', () => {
  it('shows the headline alone', async () => {
    expect(await tableWith(viewOf(['gemm']), {}, { quiet: true })).toBe('headline\n');
  });
});

describe('the next step', () => {
  it('stands between headline and tables', async () => {
    expect(await tableOf({ ...viewOf(['gemm']), next: 'wfa runs' })).toMatch(
      /^headline\n\n\u2192 wfa runs\n\nworkflow/,
    );
  });
});
