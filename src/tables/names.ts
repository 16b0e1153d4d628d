/** Several names in one cell; none at all is an empty text. */
export const joinNames = (names: Iterable<string>): string => [...names].join('+');

/** The facts' word for what nothing says. */
export const unlessUnknown = (name: string): string | null => (name === 'unknown' ? null : name);
