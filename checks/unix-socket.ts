import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {Look} from '../src/domain/verdict.ts';
import {condition} from './parts/condition.ts';
import {excerpt, judge} from './parts/expect.ts';
import {meets} from './parts/operators.ts';
import {retries, withRetries} from './parts/retries.ts';

const maxBytes = 64 * 1024;

const params = z
  .strictObject({
    path: z
      .string()
      .startsWith('/', 'expected an absolute path such as /run/app.sock')
      .max(107, 'a path of a socket has at most 107 bytes')
      .describe('The socket file, absolute.'),
    send: z.string().min(1).optional().describe('What to say once it is connected.'),
    until: z.string().min(1).default('\n').describe('The answer is read until this was in it.'),
    expect: condition.optional().describe('A condition on the answer, as text without spaces around it.'),
    retries,
  })
  .refine(
    ({send, expect}) => (send === undefined) === (expect === undefined),
    'send and expect belong together',
  );

export const unixSocket = defineCheck({
  type: 'unixSocket',
  summary: 'A socket file accepts connections, and answers what it is asked',
  example: `type: unixSocket
path: /run/haproxy/admin.sock
send: "show info\\n"
expect: {matches: "Uptime: .+"}`,
  // What is said to a socket file may be carried out by whoever listens there.
  needsTrust: true,
  everyMs: 60_000,
  timeoutMs: 5_000,
  params,
  run: async (given, context) => {
    const {path, send, until, expect} = given;
    return withRetries(given.retries, context, async (timeoutMs): Promise<Look> => {
      const answer = await context.net.connect({
        host: '',
        port: 0,
        path,
        ...(send === undefined ? {} : {say: {text: send, until, maxBytes}}),
        timeoutMs,
        signal: context.signal,
      });
      if (answer.at === 'failed') {
        const {kind, message} = answer;
        const isMissing = message.includes('ENOENT');
        const isOurs = kind === 'config' || kind === 'permission' || kind === 'noData';
        return {
          verdict: isOurs ? 'unknown' : 'fail',
          kind: isMissing ? 'connect' : kind,
          checked: isOurs ? 0 : 1,
          message: isMissing ? `there is no ${path}` : message,
        };
      }
      const text = new TextDecoder().decode(answer.received).trim();
      const first = excerpt(text.split('\n')[0] ?? '', 80);
      const summary = `${path} ${send === undefined ? 'accepts' : `answers ${JSON.stringify(first)}`} in ${answer.durationMs} ms`;
      const accepted = {what: 'socket', ok: true, expected: 'to accept', actual: 'it does'};
      const told = expect === undefined ? [] : meets('answer', text, expect, context.clock.nowMs());
      return judge([accepted, ...told], summary);
    });
  },
});
