import { describe, expect, it } from 'vitest';
import { thinSorted } from '../../src/stats/order-statistics.ts';
import { cutNames, titleOf, wrapText } from '../../src/view/chart-text.ts';
import type { ChartFrame } from '../../src/view/view.ts';

/** A font in which every character is one pixel wide. */
const frame = { fontSize: 11, textWidth: (text: string) => [...text].length } as unknown as ChartFrame;

describe('wrapText', () => {
  it('breaks at spaces, then after the joints of a name, then anywhere', () => {
    expect(wrapText('the image_transformer run', 12, frame)).toEqual(['the', 'image_', 'transformer', 'run']);
    expect(wrapText('abcdefghijkl', 5, frame)).toEqual(['abcde', 'fghij', 'kl']);
    expect(wrapText('short', 12, frame)).toEqual(['short']);
  });
});

describe('cutNames', () => {
  it('keeps names apart: it takes their ends, else their middles, else their beginnings', () => {
    expect(cutNames(['alphabetical', 'numerical'], 6, frame)).toEqual(['alpha…', 'numer…']);
    expect(cutNames(['uniform-planner', 'uniform-planner-opt'], 8, frame)).toEqual(['unif…ner', 'unif…opt']);
    expect(cutNames(['aaaaaa-1aa', 'aaaaaa-2aa'], 5, frame)).toEqual(['…-1aa', '…-2aa'].map((cut) => cut.slice(0, 5)));
  });
});

describe('thinSorted', () => {
  it('keeps the ends and as many as asked for', () => {
    const sorted = Array.from({ length: 1001 }, (_, i) => i);
    expect(thinSorted(sorted, 5)).toEqual([0, 250, 500, 750, 1000]);
    expect(thinSorted([1, 2], 5)).toEqual([1, 2]);
  });
});

describe('a title that is cut', () => {
  it('keeps no figure without the end of its interval', () => {
    const narrow = { ...frame, pictureWidth: 52 };
    const { text } = titleOf(['opt vs base: makespan −3.0 % [−7.2, +1.4] (cannot tell)'], [], narrow, 1);
    expect(text).toEqual(['opt vs base: makespan\u00a0…']);
  });

  it('is left out but for an ellipsis where none of its clauses fits and another title stands before it', () => {
    const narrow = { ...frame, pictureWidth: 40 };
    const { text } = titleOf(['one: faster', 'another candidate against the baseline: makespan −3.0 %'], [], narrow, 2);
    expect(text).toEqual(['one: faster\u00a0…']);
  });
});
