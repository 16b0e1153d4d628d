import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { showName, showText } from '../../src/view/show-text.ts';

/** What may act on a terminal, in Markdown or in XML without being seen. */
const ACTS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffe\uffff]/u;

describe('showText', () => {
  test.each([
    ['an escape sequence', '\u001b[2Jgemm', '\\u001b[2Jgemm'],
    ['one of eight bits (C1)', '\u009b2Jgemm', '\\u009b2Jgemm'],
    ['a title and a bell', 'x\u001b]0;y\u0007', 'x\\u001b]0;y\\u0007'],
    ['line feed, return and tab', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
    ['delete', 'a\u007fb', 'a\\u007fb'],
    ['a turn of the direction', 'a\u202egpj.b', 'a\\u202egpj.b'],
    ['an isolate', '\u2066a\u2069', '\\u2066a\\u2069'],
    ['a space without width', 'ge\u200bmm', 'ge\\u200bmm'],
    ['a byte order mark', '\ufeffgemm', '\\ufeffgemm'],
    ['a separator of lines and one of paragraphs', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['a letter that is not drawn', 'a\u3164b', 'a\\u3164b'],
    ['a tag, which takes two places', 'a\u{e0041}b', 'a\\u{e0041}b'],
    ['half a character', 'a\ud800b', 'a\\ud800b'],
    ['no character at all', 'a\uffffb', 'a\\uffffb'],
    ['a selector behind a letter', 'a\ufe0fb', 'a\\ufe0fb'],
  ])('shows %s by its number', (_, text, shown) => {
    expect(showText(text)).toBe(shown);
    expect(showName(text)).toBe(shown);
  });

  test.each(['gemm', '行列積', 'e\u0301', '❤\ufe0f', '😀', 'a\u00a0b', 'C:\\u0041', ''])(
    'leaves %s as it is',
    (text) => {
      expect(showText(text)).toBe(text);
    },
  );

  it('lets nothing through that acts, whatever the text, and is the same when shown twice', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 400 });
    fc.assert(
      fc.property(anything, (text) => {
        for (const show of [showText, showName]) {
          expect(show(text).replaceAll('\ufe0f', '')).not.toMatch(ACTS);
          expect(show(show(text))).toBe(show(text));
        }
      }),
    );
  });

  it('cuts a name of a million characters to 300, and keeps two apart that differ in the middle only', () => {
    const [one, other] = ['a', 'b'].map((letter) => `x${'y'.repeat(500_000)}${letter}${'y'.repeat(500_000)}z`);
    const [first, second] = [showName(one as string), showName(other as string)];
    expect([...first].length).toBe(300);
    expect(first).toMatch(/^xy+…#[0-9a-f]{8}…y+z$/);
    expect(second).not.toBe(first);
  });

  it('cuts within characters of two places at their borders only', () => {
    expect(showName('😀'.repeat(301))).toMatch(/^(😀)+…#[0-9a-f]{8}…(😀)+$/u);
    expect(showName('😀'.repeat(300))).toBe('😀'.repeat(300));
  });

  it('cuts long words of a sentence, and the sentence where it is none that anybody reads', () => {
    expect(showText(`before ${'w'.repeat(1000)} after`)).toMatch(/^before w{145}…#[0-9a-f]{8}…w{144} after$/);
    expect(showText('word '.repeat(100_000)).length).toBe(16_000);
  });
});
