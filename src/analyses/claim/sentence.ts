/**
 * A sentence that claims a change → what it claims. Nothing here knows planners, metrics or data: names come out as they were
 * written.
 */

/** A claim as it was written. */
export interface ParsedSentence {
  readonly candidate: string;
  readonly baseline: string;
  /** The words for the metric, as in `makespan`, `memory`; what a verb or an adjective names by itself is named here. */
  readonly metric: string;
  readonly claimed: ClaimedChange;
  /** The same words read in another way: `53 % faster` may be 53 % less time, or 1.53 times the speed. */
  readonly otherReading: ClaimedChange | null;
}

/** A change as a fraction (−0.53: 53 % less), and the changes that round to it. */
export interface ClaimedChange {
  readonly fraction: number;
  readonly low: number;
  readonly high: number;
}

/** Why a sentence claims nothing that can be checked. */
export interface UnreadableSentence {
  /** Says what is wrong, to stand behind the quoted sentence. */
  readonly problem: string;
}

/** Characters at most: names of any sense fit, and the forms below take time with the square of them and more. */
const MOST_CHARACTERS = 1000;

/** Reads a claim; says what is wrong with a sentence that holds none. */
export function parseSentence(text: string): ParsedSentence | UnreadableSentence {
  if (text.length > MOST_CHARACTERS) {
    return { problem: `has ${text.length} characters: a claim has at most ${MOST_CHARACTERS}, with both names` };
  }
  const sentence = normalize(text);
  if (/\d,\d{3}(?!\d)/.test(sentence)) {
    return {
      problem: 'has a comma before three digits, which can mean a decimal or thousands: write a point, or no comma',
    };
  }
  const figures = sentence.match(new RegExp(FIGURE.source, 'g')) ?? [];
  if (figures.length > 1) return { problem: `holds ${figures.length} figures: make a claim of each` };
  return parseStrict(sentence) ?? parseLoose(sentence) ?? { problem: explain(sentence, figures.length) };
}

function explain(sentence: string, figureCount: number): string {
  if (figureCount === 0) return 'has no figure with %, and no "times"';
  if (!/ (?:vs\.?|versus|against|than|as|of|to|with|over|from|on) /.test(sentence))
    return 'does not name what it compares with';
  return 'is not in a form that is known';
}

/** One kind of minus sign, space, quotation and percent sign, and points for decimal commas. */
const normalize = (text: string): string =>
  text
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\s\u00a0\u2007\u2009\u202f]+/g, ' ')
    .replace(/(\d),(?=\d{1,2}(?!\d))/g, '$1.')
    .replace(/ ?(?:%|per ?cent\b)/gi, ' %')
    .replace(/(\d) ?[x\u00d7](?![\w-])/g, '$1 times')
    .replace(/(^|[ :])[x\u00d7] ?(\d+(?:\.\d+)?)/g, '$1$2 times')
    .trim()
    .replace(/[.!]$/, '')
    .replace(/^["'](.*)["']$/, '$1');

const NUMBER = String.raw`[+-]?\d+(?:\.\d+)?`;
/** A figure: `53 %`, `1.5 times`, `twice`, `half`, `a third`. */
const FIGURE = new RegExp(String.raw`(?<![\w.-])(?:${NUMBER} (?:%|times)|[Tt]wice|[Tt]hrice|[Hh]alf)(?![\w])`);
const F = `(?<figure>${NUMBER} (?:%|times)|twice|thrice|half)`;
const S = '(?<candidate>.+?)';
const B = '(?<baseline>.+)';
const THAN = String.raw`(?:,? (?:as )?(?:compared|relative|in comparison|with respect|in relation) (?:to|with)|,? than|,? over|,? vs\.?|,? versus|,? against)`;
const ADVERB = '(?:(?:about|around|roughly|nearly|almost|on average|approximately|up to|at least|only|even|some) )*';

/** Words that stand for less and for more of what they are about. */
const LESS = 'less|fewer|lower|shorter|smaller|reduced';
const MORE = 'more|higher|longer|larger|greater|increased';
/** Comparatives that name the metric themselves. */
const ADJECTIVES: Readonly<Record<string, { readonly metric: string; readonly direction: -1 | 1 }>> = {
  faster: { metric: 'makespan', direction: -1 },
  quicker: { metric: 'makespan', direction: -1 },
  slower: { metric: 'makespan', direction: 1 },
  cheaper: { metric: 'cost', direction: -1 },
  dearer: { metric: 'cost', direction: 1 },
  'more expensive': { metric: 'cost', direction: 1 },
  'less expensive': { metric: 'cost', direction: -1 },
};
const ADJECTIVE = `(?<adjective>${Object.keys(ADJECTIVES).join('|')})`;

/** Verbs that name the metric where nothing else does. */
const VERBS: Readonly<Record<string, string>> = { takes: 'makespan', take: 'makespan', costs: 'cost', cost: 'cost' };
const VERB =
  '(?<verb>takes?|uses?|needs?|costs?|consumes?|spends?|requires?|has|have|achieves?|gives?|shows?|makes?|transfers?|is|are|runs?|lasts?)';
const REDUCES =
  '(?<reduces>reduces?|cuts?|lowers?|decreases?|shortens?|saves?|improves?|drops?)|(?<raises>increases?|raises?|lengthens?|worsens?)';
const ARTICLE = '(?:the |its |a |an |of |in )*';

/** `CANDIDATE vs BASELINE: METRIC ±N %`. */
const STRICT = new RegExp(
  `^${S} (?:vs\\.?|versus|against) (?<baseline>.+?): ?(?<metric>.+?)(?: by| of| is)? ${F}(?: (?<direction>${LESS}|${MORE}))?$`,
  'i',
);

/** The loose forms; the first that fits is taken. */
const LOOSE: readonly RegExp[] = [
  // The makespan of X is 12 % lower than that of Y
  new RegExp(
    `^(?:the )?(?<metric>.+?) of ${S} (?:is|are|was|were) ${ADVERB}${F} (?<direction>${LESS}|${MORE})${THAN} (?:that of |those of |the \\k<metric> of )?${B}$`,
    'i',
  ),
  // X is 53 % faster than Y
  new RegExp(`^${S} (?:is|are|runs?|was|were) ${ADVERB}${F} ${ADJECTIVE}${THAN} ${B}$`, 'i'),
  // X is 1.5 times as fast as Y
  new RegExp(
    `^${S} (?:is|are|runs?|was|were) ${ADVERB}${F} as (?<speed>fast|quick|slow|cheap|expensive) as ${B}$`,
    'i',
  ),
  // X takes 1.5 times as long as Y, X uses twice as much memory as Y, X takes half as long as Y
  new RegExp(`^${S} ${VERB} ${ADVERB}${F} as (?:much|many|long|high|large|great)(?: (?<metric>.+?))? as ${B}$`, 'i'),
  // X uses half the memory of Y
  new RegExp(`^${S} ${VERB} ${ADVERB}${F} (?:of )?the (?<metric>.+?) of ${B}$`, 'i'),
  // X uses 45 % less memory than Y, X has a 12 % lower makespan than Y, X costs 10 % more than Y
  new RegExp(
    `^${S} ${VERB} ${ADVERB}${ARTICLE}${F} (?<direction>${LESS}|${MORE})(?: ${ARTICLE}(?<metric>.+?))?${THAN} ${B}$`,
    'i',
  ),
  // X reduces the makespan by 12 % compared to Y
  new RegExp(`^${S} (?:${REDUCES}) ${ARTICLE}(?<metric>.+?) by ${ADVERB}${F}(?:${THAN}| from| of| on) ${B}$`, 'i'),
  // X saves 12 % of the makespan compared to Y
  new RegExp(`^${S} (?:${REDUCES}) ${ADVERB}${F} (?:of )?${ARTICLE}(?<metric>.+?)${THAN} ${B}$`, 'i'),
];

type Groups = Readonly<Record<string, string | undefined>>;

function parseStrict(sentence: string): ParsedSentence | UnreadableSentence | null {
  const { groups } = STRICT.exec(sentence) ?? {};
  if (!groups) return null;
  const { figure = '', direction, metric = '' } = groups;
  const isSigned = /^[+-]/.test(figure);
  if (figure.endsWith('%') && isSigned === (direction !== undefined)) {
    return {
      problem: isSigned ? 'has both a sign and a word for it' : 'has a figure without a sign: write +N % or -N %',
    };
  }
  return toClaim(
    groups,
    metric,
    figure.endsWith('%') ? readPercent(figure, directionOf(direction)) : readTimes(figure),
  );
}

function parseLoose(sentence: string): ParsedSentence | UnreadableSentence | null {
  const turned = sentence.replace(/^(?:compared|relative) (?:to|with) ([^,]+), (.+)$/i, '$2 compared to $1');
  for (const form of LOOSE) {
    const { groups } = form.exec(turned) ?? {};
    if (groups) return readLoose(groups);
  }
  return null;
}

function readLoose(groups: Groups): ParsedSentence | UnreadableSentence {
  const { figure = '', adjective, speed } = groups;
  if (/^[+-]/.test(figure)) return { problem: 'has both a sign and a word for it' };
  if (adjective !== undefined) return readAdjective(groups, figure, adjective);
  if (speed !== undefined) return readSpeed(groups, figure, speed);
  return readAmount(groups, figure);
}

/** `53 % faster`, `1.5 times cheaper`. */
function readAdjective(groups: Groups, figure: string, adjective: string): ParsedSentence | UnreadableSentence {
  const { metric, direction } = ADJECTIVES[adjective.toLowerCase()] as (typeof ADJECTIVES)[string];
  if (!figure.endsWith('%'))
    return toClaim(groups, metric, direction < 0 ? invert(readTimes(figure)) : readTimes(figure));
  if (metric === 'makespan' && direction < 0) return readFaster(groups, figure);
  return toClaim(groups, metric, readPercent(figure, direction));
}

/** `twice as fast`, `half as expensive`. */
function readSpeed(groups: Groups, figure: string, speed: string): ParsedSentence | UnreadableSentence {
  const metric = /fast|quick|slow/i.test(speed) ? 'makespan' : 'cost';
  const ratio = figure.endsWith('%') ? readShare(figure) : readTimes(figure);
  return toClaim(groups, metric, /fast|quick|cheap/i.test(speed) ? invert(ratio) : ratio);
}

/** `45 % less memory`, `1.5 times as long`; of `takes` and `costs` the verb names the metric. */
function readAmount(groups: Groups, figure: string): ParsedSentence | UnreadableSentence {
  const { verb, metric, direction } = groups;
  const named = metric === undefined || metric === 'time' ? (VERBS[verb?.toLowerCase() ?? ''] ?? metric) : metric;
  if (named === undefined) return { problem: 'does not say of what it is less or more' };
  if (!figure.endsWith('%')) return readMultiple(groups, named, figure);
  if (groups['reduces']) return toClaim(groups, named, readPercent(figure, -1));
  if (groups['raises']) return toClaim(groups, named, readPercent(figure, 1));
  // `45 % of the memory of` is a share.
  return toClaim(
    groups,
    named,
    direction === undefined ? readShare(figure) : readPercent(figure, directionOf(direction)),
  );
}

/** `three times as much` and `3 times more` are the same to most who write it; less than once is no multiple. */
function readMultiple(groups: Groups, metric: string, figure: string): ParsedSentence | UnreadableSentence {
  const isLess = groups['reduces'] !== undefined || (groups['direction'] && directionOf(groups['direction']) < 0);
  return toClaim(groups, metric, isLess ? invert(readTimes(figure)) : readTimes(figure));
}

/** 53 % faster: 53 % less time; else 1.53 times the speed, which is the only reading from 100 % on. */
function readFaster(groups: Groups, figure: string): ParsedSentence | UnreadableSentence {
  const bySpeed = invert(readPercent(figure, 1));
  const byTime = readPercent(figure, -1);
  if (byTime.fraction <= -1) return toClaim(groups, 'makespan', bySpeed);
  const claim = toClaim(groups, 'makespan', byTime);
  return 'problem' in claim ? claim : { ...claim, otherReading: bySpeed };
}

const directionOf = (word: string | undefined): -1 | 1 =>
  word !== undefined && new RegExp(`^(?:${LESS})$`, 'i').test(word) ? -1 : 1;

/** Half of the last digit that was written. */
const halfDigit = (digits: string): number => 0.5 * 10 ** -(digits.split('.')[1]?.length ?? 0);

/** `-53 %` → −0.53, which everything from −53.5 % to −52.5 % rounds to. */
function readPercent(figure: string, direction: -1 | 1): ClaimedChange {
  const digits = figure.replace(/ %$/, '');
  const [percent, half] = [direction * Number(digits), halfDigit(digits)];
  return { fraction: percent / 100, low: (percent - half) / 100, high: (percent + half) / 100 };
}

const shift = ({ fraction, low, high }: ClaimedChange, by: number): ClaimedChange => ({
  fraction: fraction + by,
  low: low + by,
  high: high + by,
});

/** `45 %` of it → −0.55. */
const readShare = (figure: string): ClaimedChange => shift(readPercent(figure, 1), -1);

/** Words for multiples count as written with one decimal. */
const MULTIPLES: Readonly<Record<string, string>> = { twice: '2.0', thrice: '3.0', half: '0.5' };

/** `1.5 times` → +0.5, which every ratio from 1.45 to 1.55 rounds to. */
function readTimes(figure: string): ClaimedChange {
  const digits = MULTIPLES[figure.toLowerCase()] ?? figure.replace(/ (?:times|%)$/, '');
  const [ratio, half] = [Number(digits), halfDigit(digits)];
  return shift({ fraction: ratio, low: ratio - half, high: ratio + half }, -1);
}

/** Twice the speed is half the time. */
const invert = ({ fraction, low, high }: ClaimedChange): ClaimedChange => ({
  fraction: 1 / (1 + fraction) - 1,
  low: 1 / (1 + high) - 1,
  high: 1 / (1 + low) - 1,
});

/** The claim with its names, if the change is one that can be. */
function toClaim(groups: Groups, metric: string, claimed: ClaimedChange): ParsedSentence | UnreadableSentence {
  if (!(claimed.fraction > -1)) return { problem: 'claims a fall of 100 % or more, which leaves nothing' };
  if (claimed.fraction === 0) {
    return { problem: 'claims no change: wfa compare tells within which margin there is none' };
  }
  if (![claimed.fraction, claimed.low, claimed.high].every(Number.isFinite)) {
    return { problem: 'claims a multiple of 0, or a change beyond all numbers' };
  }
  return {
    candidate: cleanName(groups['candidate'] ?? ''),
    baseline: cleanName(groups['baseline'] ?? ''),
    metric: metric.replace(/^(?:the|its) /i, '').trim(),
    claimed,
    otherReading: null,
  };
}

const cleanName = (name: string): string =>
  name
    .trim()
    .replace(/^the /i, '')
    .replace(/ does$/i, '')
    .replace(/ planner$/i, '')
    .replace(/^["'](.*)["']$/, '$1');
