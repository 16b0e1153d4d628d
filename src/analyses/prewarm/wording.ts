/** Engine versions are named by their measure: the one that wrote GB-seconds is newer. */
export const ENGINE_WORDS = { 'gb-seconds': 'newer', 'byte-seconds': 'older' } as const;
