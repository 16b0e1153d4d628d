import { wordCount, wordFigure } from '../../view/words.ts';
import type { ConflictsResult, Meeting, MeetingContrast } from './result.ts';

type Unworded = Omit<ConflictsResult, 'headline' | 'headlines'>;

/** A sentence for every pair that met. */
export const wordHeadlines = ({ meetings, runCount }: Unworded): string[] =>
  meetings.length === 0
    ? [`no two optimizations met on a task or its worker in ${wordCount(runCount, 'run')}`]
    : meetings.map(wordMeeting);

/** `PreLoad and PreWarm met on the worker of 20 tasks: these began 31 ms later [−10, 72] than with one alone (cannot tell)`. */
function wordMeeting({ first, second, on, taskCount, contrasts }: Meeting): string {
  const where =
    on === 'task' ? `on ${wordCount(taskCount, 'task')}` : `on the worker of ${wordCount(taskCount, 'task')}`;
  const told = contrasts.filter(({ differenceMs }) => differenceMs !== null).map(wordContrast);
  return `${first} and ${second} met ${where}: ${told.length === 0 ? 'no run has the same places without the meeting' : told.join('; ')}`;
}

const AGAINST = { alone: 'with one of them alone', without: 'without the meeting' } as const;

const REMARKS: Readonly<Record<MeetingContrast['outcome'], string>> = {
  different: '',
  hint: 'a hint only',
  equivalent: 'no change',
  inconclusive: 'cannot tell',
};

/** Names what a contrast is against. */
export const wordAgainst = ({ against }: MeetingContrast): string => AGAINST[against];

function wordContrast(contrast: MeetingContrast): string {
  const { differenceMs, ciLow, ciHigh, outcome } = contrast;
  const isBounded = ciLow !== null && ciHigh !== null;
  const interval = isBounded ? ` [${wordFigure(ciLow)}, ${wordFigure(ciHigh)}]` : '';
  const remarks = [isBounded ? '' : 'no interval', REMARKS[outcome]].filter((remark) => remark !== '').join(', ');
  return `ready ${wordFigure(Math.abs(differenceMs ?? 0))} ms ${(differenceMs ?? 0) < 0 ? 'earlier' : 'later'} than ${AGAINST[contrast.against]}${interval}${remarks && ` (${remarks})`}`;
}
