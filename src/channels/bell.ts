import {z} from 'zod';
import {defineChannel} from '../define-channel.ts';
import {lineOf, subjectOf} from '../domain/notice.ts';

export const bell = defineChannel({
  type: 'bell',
  summary:
    'The bell of the terminal, and a line, in every console that is open; what waits for a digest does not ring',
  example: 'type: bell',
  params: z.strictObject({}),
  fields: {},
  local: true,
  target: () => 'every open console',
  send: async (_params, notice, {bell: port, signal}) => {
    if (signal.aborted) return Promise.resolve({at: 'failed', about: 'channel', message: 'told to stop'});
    const [first, ...others] = notice.alerts;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    const text = first === undefined ? subjectOf(notice) : `${lineOf(first)}${more}`;
    // That it is over is good news, and wakes nobody.
    const isLoud = notice.alerts.length === 0 || notice.alerts.some(({as}) => as !== 'resolved');
    return Promise.resolve(
      port.ring({text, isLoud})
        ? {at: 'sent', message: 'rang'}
        : {
            at: 'failed',
            about: 'channel',
            message: 'this process has no terminal; a console rings by itself',
          },
    );
  },
});
