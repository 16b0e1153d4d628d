import { describe, expect, it } from 'vitest';
import { readableOn } from '../../src/view/contrast.ts';
import { splitWords, wordPercentInterval } from '../../src/view/words.ts';

describe('splitWords', () => {
  it('keeps a figure with its unit', () => {
    expect(splitWords('error of 24 % after 61.5 s, or 3 ms')).toEqual([
      'error',
      'of',
      '24 %',
      'after',
      '61.5 s,',
      'or',
      '3 ms',
    ]);
  });

  it('keeps an interval in one piece', () => {
    expect(splitWords('time [−12.6, +4.3] (cannot tell)')).toEqual(['time', '[−12.6, +4.3]', '(cannot', 'tell)']);
    expect(splitWords('usage [−99.9, > +9999], more')).toEqual(['usage', '[−99.9, > +9999],', 'more']);
  });

  it('breaks headers and lists as before', () => {
    expect(splitWords('change % of 2, 3 and 4 runs')).toEqual(['change', '%', 'of', '2,', '3', 'and', '4', 'runs']);
  });
});

describe('wordPercentInterval', () => {
  it('gives no digits of a bound beyond a hundredfold', () => {
    expect(wordPercentInterval(-0.99, 980714.63)).toBe('[−99.0, > +9999]');
    expect(wordPercentInterval(-0.126, 0.043)).toBe('[−12.6, +4.3]');
    expect(wordPercentInterval(null, null)).toBe('–');
  });
});

describe('readableOn', () => {
  it('takes the ink with the higher contrast', () => {
    expect(readableOn('#0072b2', '#ffffff', '#1b1f24')).toBe('#ffffff');
    expect(readableOn('#009e73', '#ffffff', '#1b1f24')).toBe('#1b1f24');
  });
});
