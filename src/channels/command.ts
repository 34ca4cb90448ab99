import {z} from 'zod';
import {defineChannel, type Sent} from '../define-channel.ts';
import type {ExecAnswer} from '../ports.ts';
import {noticeJson, shortId} from './parts/json.ts';

const word = z.string().regex(/^[^\0]*$/, 'a NUL byte does not belong into an argument');

/** What programs need to be found and to speak; nothing else of this process's environment is handed on. */
const passedOn = ['PATH', 'HOME', 'USER', 'TMPDIR', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'];

const maxOutputBytes = 4096;
const graceMs = 1_000;

function judge(answer: ExecAnswer, program: string): Sent {
  const failed = (message: string): Sent => ({at: 'failed', about: 'channel', message});
  switch (answer.at) {
    case 'spawn':
      return failed(answer.message);
    case 'hang':
      return failed(`${program} did not end in time`);
    case 'exited': {
      if (answer.status === 0) return {at: 'sent', message: 'exit 0'};
      const how =
        answer.status === null ? `ended by ${answer.bySignal ?? 'a signal'}` : `exit ${answer.status}`;
      const [said = ''] = new TextDecoder().decode(answer.stderr).trim().split('\n');
      return failed(`${how}${said === '' ? '' : `: ${said}`}`);
    }
  }
}

export const command = defineChannel({
  type: 'command',
  summary: 'A program of this machine, with the notice as JSON (format 1) on its standard input',
  example: `type: command
argv: [/usr/local/bin/tell-the-team, --urgent]`,
  params: z.strictObject({
    argv: z
      .tuple([word.min(1, 'is empty')], word)
      .describe('Program and arguments, without a shell; it starts in the folder of the site.'),
  }),
  fields: {},
  target: ({argv}) => argv.join(' '),
  send: async ({argv}, notice, {exec, env, siteDir, timeoutMs, signal}) => {
    const handed = passedOn.flatMap(name => {
      const value = env.get(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    const [program, ...rest] = argv;
    const answer = await exec.run({
      argv: [program, ...rest],
      cwd: siteDir,
      env: {...Object.fromEntries(handed), LC_ALL: 'C.UTF-8', QUARTERDECK_NOTICE: shortId(notice)},
      input: new TextEncoder().encode(`${JSON.stringify(noticeJson(notice))}\n`),
      // Its own limit ends it and everything that it started, before ours gives it up.
      timeoutMs: timeoutMs - 2 * graceMs,
      graceMs,
      maxOutputBytes,
      signal,
    });
    return judge(answer, program);
  },
});
