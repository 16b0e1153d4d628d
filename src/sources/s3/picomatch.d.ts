/** The part of picomatch that wfa uses; the package has no types of its own. */
declare module 'picomatch' {
  interface Options {
    readonly nonegate?: boolean;
    readonly dot?: boolean;
  }
  const picomatch: (pattern: string, options?: Options) => (text: string) => boolean;
  export = picomatch;
}
