import { compareSlas } from '../../../model/sla-order.ts';
import { BLOCK_SEPARATOR } from '../../design/block-labels.ts';
import type { BlockChange, Comparison } from '../../design/comparison.ts';
import type { CompareResult } from '../result.ts';
import { nameWorkflows } from '../wording.ts';

/** A chart is folded so far: a row per block, per workflow, or per candidate. */
export const LEVELS = ['blocks', 'workflows', 'overall'] as const;
export type Level = (typeof LEVELS)[number];

/** The rows of the chart: headings, parts below them, the overall change of each candidate with its figure at the end. */
export interface ChartRow {
  readonly kind: 'heading' | 'block' | 'workflow' | 'overall' | 'figure';
  readonly label: string;
  /** Below a heading. */
  readonly indented: boolean;
  readonly candidate: string;
  /** The label of the block, or the name of the workflow: what the row is a part of the whole by. */
  readonly part: string | null;
}

/** Lays out the rows of each candidate at a level. */
export function layOutRows(result: CompareResult, level: Level): ChartRow[] {
  const candidates = [...new Set(result.comparisons.map(({ candidate }) => candidate))];
  return candidates.flatMap((candidate) => {
    const own = result.comparisons.filter((comparison) => comparison.candidate === candidate);
    const row = (kind: ChartRow['kind'], label: string, part: string | null = null, indented = false) => ({
      kind,
      label,
      indented,
      candidate,
      part,
    });
    const overall = [row('overall', level === 'overall' ? candidate : 'all blocks'), row('figure', '')];
    if (level === 'overall') return overall;
    const parts =
      level === 'workflows'
        ? listWorkflows(own).map((name) => row('workflow', name, name))
        : groupBlocks(own.flatMap(({ blocks }) => blocks)).flatMap(({ name, members }) =>
            members.length === 1 && members[0]?.rest === ''
              ? [row('block', name, members[0].block)]
              : [row('heading', name), ...members.map(({ rest, block }) => row('block', rest, block, true))],
          );
    return [...(candidates.length > 1 ? [row('heading', candidate)] : []), ...parts, ...overall];
  });
}

const listWorkflows = (comparisons: readonly Comparison[]): string[] =>
  [...new Set(comparisons.flatMap(({ workflows }) => [...nameWorkflows(workflows).keys()]))].sort();

interface Group {
  readonly name: string;
  readonly members: readonly { readonly rest: string; readonly block: string }[];
}

/** The blocks of each workflow and structure, and what is left of their labels. */
export function groupBlocks(blocks: readonly BlockChange[]): Group[] {
  const labels = [...new Set(blocks.map(({ label }) => label))].sort();
  const groups = new Map<string, { rest: string; block: string }[]>();
  for (const label of labels) {
    const [name = label, ...rest] = label.split(BLOCK_SEPARATOR);
    const members = groups.get(name) ?? [];
    groups.set(name, members);
    members.push({ rest: rest.join(BLOCK_SEPARATOR), block: label });
  }
  return [...groups].map(([name, members]) => ({ name, members: members.sort(bySla) }));
}

/** By the part that is an SLA, as SLAs are ordered everywhere; the other parts by their names. */
function bySla(a: { rest: string }, b: { rest: string }): number {
  const [own, other] = [a.rest.split(BLOCK_SEPARATOR), b.rest.split(BLOCK_SEPARATOR)];
  for (const [i, part] of own.entries()) {
    const order = compareSlas(part, other[i] ?? '') || part.localeCompare(other[i] ?? '', 'en', { numeric: true });
    if (order !== 0) return order;
  }
  return 0;
}
