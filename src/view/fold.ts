import type { ChartFrame } from './view.ts';

/** A page of A4 within its margins, in pixels: no chart becomes higher by itself. */
const PAGE_HEIGHT = 907;

/** Gives the pixels that the picture may be high: as asked for, else a page. */
export const highestOf = ({ height }: Pick<ChartFrame, 'height'>): number => height ?? PAGE_HEIGHT;

/** Pixels of a picture in which titles and legends take the lines that are reckoned with: they take more where it is narrower. */
const WIDE = 480;

/** Gives the pixels that rows may be high beside `otherHeight` pixels of a wide picture: below 0 where nothing fits. */
export const roomBeside = (otherHeight: number, frame: ChartFrame): number =>
  highestOf(frame) - otherHeight * Math.max(1, WIDE / frame.width);

/** Counts those of `count` rows that fit beside `otherHeight` pixels of a wide picture: one at least. */
export function countFitting(count: number, rowHeight: number, otherHeight: number, frame: ChartFrame): number {
  return Math.min(count, Math.max(1, Math.floor(roomBeside(otherHeight, frame) / rowHeight)));
}

/** Says what a chart shows of what there is: `A row per workflow, because 23 blocks would be higher than a page …`. */
export function wordFold(shown: string, all: string, { height }: Pick<ChartFrame, 'height'>): string {
  return `${shown}, because ${all} would be higher than ${height === null ? 'a page (--height makes room)' : 'asked for'}.`;
}
