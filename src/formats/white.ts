/** Recognizes JSON's white space: space, tab, carriage return and line feed. */
export const isWhite = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
