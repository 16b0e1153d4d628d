/** The error is the first fault of a JSON text. */
export interface JsonError {
  /** Offset of the first character that cannot stand there, from 0. */
  readonly offset: number;
  /** Words for a message, such as "expected ':', found '}'". */
  readonly problem: string;
}

const WHITE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings may hold none.
const UNCLOSED = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*/y;
const STRING = new RegExp(`${UNCLOSED.source}"`, 'y');
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Finds the first error of a text that `JSON.parse` refused; its own messages do not always say where. Iterative, so that
 * deep nesting is no danger. `null` when the text is valid after all.
 */
export function locateJsonError(text: string): JsonError | null {
  return new ErrorLocator(text).locate();
}

type Expectation = 'value' | 'first-value' | 'key' | 'first-key' | 'colon' | 'separator' | 'end';

const EXPECTED: Record<Expectation, string> = {
  value: 'a value',
  'first-value': "a value or ']'",
  key: 'a key in double quotes',
  'first-key': "a key in double quotes or '}'",
  colon: "':'",
  separator: "','",
  end: 'the end of the record',
};

class ErrorLocator {
  readonly #text: string;
  readonly #open: ('{' | '[')[] = [];
  #at = 0;
  #expected: Expectation = 'value';

  constructor(text: string) {
    this.#text = text;
  }

  locate(): JsonError | null {
    for (;;) {
      this.#skip(WHITE);
      if (this.#at >= this.#text.length)
        return this.#expected === 'end' ? null : this.#error('the record ends too early');
      if (!this.#step()) return this.#explain();
    }
  }

  /** Explains why the character here cannot stand here. */
  #explain(): JsonError {
    // A string that is wrong inside matches up to its first wrong character.
    if (this.#mayBeString() && this.#skip(UNCLOSED)) {
      const ended = this.#at >= this.#text.length;
      return this.#error(ended ? 'the record ends inside a string' : 'a string holds what it cannot hold');
    }
    return this.#error(`expected ${this.#wordExpected()}, found ${JSON.stringify(this.#text[this.#at])}`);
  }

  #mayBeString(): boolean {
    return this.#expected !== 'colon' && this.#expected !== 'separator' && this.#expected !== 'end';
  }

  #step(): boolean {
    const character = this.#text[this.#at] as string;
    switch (this.#expected) {
      case 'colon':
        return this.#take(character === ':', 'value');
      case 'key':
        return this.#key();
      case 'first-key':
        return character === '}' ? this.#close('{') : this.#key();
      case 'separator':
        return this.#separator(character);
      case 'first-value':
        return character === ']' ? this.#close('[') : this.#value(character);
      case 'value':
        return this.#value(character);
      default:
        return false;
    }
  }

  #key(): boolean {
    return this.#skip(STRING) && this.#expect('colon');
  }

  #separator(character: string): boolean {
    if (character === ',') return this.#take(true, this.#open.at(-1) === '{' ? 'key' : 'value');
    if (character === '}') return this.#close('{');
    return character === ']' && this.#close('[');
  }

  #value(character: string): boolean {
    if (character === '{' || character === '[') {
      this.#open.push(character);
      return this.#take(true, character === '{' ? 'first-key' : 'first-value');
    }
    return (this.#skip(STRING) || this.#skip(SCALAR)) && this.#expect(this.#afterValue());
  }

  #close(bracket: '{' | '['): boolean {
    if (this.#open.at(-1) !== bracket) return false;
    this.#open.pop();
    return this.#take(true, this.#afterValue());
  }

  #afterValue(): Expectation {
    return this.#open.length === 0 ? 'end' : 'separator';
  }

  #take(fits: boolean, next: Expectation): boolean {
    if (fits) {
      this.#at++;
      this.#expected = next;
    }
    return fits;
  }

  #expect(next: Expectation): true {
    this.#expected = next;
    return true;
  }

  /** Moves past a match of the sticky pattern; false when it does not match a single character. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const moved = pattern.test(this.#text) && pattern.lastIndex > this.#at;
    if (moved) this.#at = pattern.lastIndex;
    return moved;
  }

  #wordExpected(): string {
    if (this.#expected !== 'separator') return EXPECTED[this.#expected];
    return `',' or '${this.#open.at(-1) === '{' ? '}' : ']'}'`;
  }

  #error(problem: string): JsonError {
    return { offset: this.#at, problem };
  }
}
