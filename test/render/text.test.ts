import { describe, expect, it, test } from 'vitest';
import { columnsOf } from '../../src/render/columns.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import type { RenderSettings, Report } from '../../src/render/report.ts';
import { renderTable } from '../../src/render/table.ts';
import type { Column, Table, View } from '../../src/view/view.ts';

const REPORT = {
  warnings: [],
  ledger: [],
  filters: [],
  filteredRunCount: 0,
  gates: [],
} as unknown as Report;
const SETTINGS = { columns: 60, colourLevel: 0 } as unknown as RenderSettings;
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
