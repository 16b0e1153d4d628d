import { compareSlas } from '../../../model/sla-order.ts';
import { BLOCK_SEPARATOR } from '../../design/block-labels.ts';
import type { BlockChange } from '../../design/comparison.ts';
import type { CompareResult } from '../result.ts';

/** The rows of the chart: headings, blocks below them, the overall change of each candidate at the end. */
export interface ChartRow {
  readonly kind: 'heading' | 'block' | 'overall';
  readonly label: string;
  /** Below a heading. */
  readonly indented: boolean;
  readonly candidate: string;
  /** The block's own label, for `block` rows. */
  readonly block: string | null;
}

/** Blocks by workflow; a workflow with one block, or none to tell apart, has no heading of its own. */
export function layOutRows(result: CompareResult): ChartRow[] {
  const candidates = [...new Set(result.comparisons.map(({ candidate }) => candidate))];
  return candidates.flatMap((candidate) => {
    const blocks = result.comparisons.filter((c) => c.candidate === candidate).flatMap((c) => c.blocks);
    const row = (kind: ChartRow['kind'], label: string, block: string | null = null, indented = false) => ({
      kind,
      label,
      indented,
      candidate,
      block,
    });
    return [
      ...(candidates.length > 1 ? [row('heading', candidate)] : []),
      ...groupBlocks(blocks).flatMap(({ name, members }) =>
        members.length === 1 && members[0]?.rest === ''
          ? [row('block', name, members[0].block)]
          : [row('heading', name), ...members.map(({ rest, block }) => row('block', rest, block, true))],
      ),
      row('overall', 'all blocks'),
    ];
  });
}

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
