// A small site of our own in a private folder, and the real program on it: on a terminal, and line by line.
import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {onTestFinished} from 'vitest';
import {robot, type PtyRobot, type RobotOptions} from '../helpers/robot.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {parseLines, type Line} from './ledger-lines.ts';

const root = path.resolve(import.meta.dirname, '../..');
export const launcher = path.join(root, 'bin/quarterdeck');

/** What a program run to its end said. */
export interface Said {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Place {
  readonly dir: string;
  readonly home: string;
  readonly site: string;
  /** The file to which the runbook `append` adds one line. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** The console on a terminal; ended with the test. */
  readonly console: (options?: Partial<RobotOptions>) => PtyRobot;
  /** A command, with nothing on its standard input. */
  readonly qd: (...args: readonly string[]) => Promise<Said>;
  /** Every entry, oldest first. */
  readonly entries: () => Promise<readonly Line[]>;
  readonly lines: () => number;
}

export interface PlaceOptions {
  readonly siteText?: string;
  readonly runbooks?: Readonly<Record<string, string>>;
  /** How long the step of the runbook `append` takes before and after its line. */
  readonly stepMs?: number;
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export const siteText = `site: small
environment: staging
escalation:
  - {who: Platform on call, phone: "+49 1"}
services:
  api:
    title: The service
    checks:
      port: {type: tcp, host: 127.0.0.1, port: 9, every: 5s, timeout: 2s}
`;

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A shell line that runs a Node script: there need be no other program on the machine. */
export const nodeLine = (script: string): string => `${quoted(process.execPath)} -e ${quoted(script)}`;

/** A runbook whose one write adds a line to \`file\` and takes a moment before and after. */
const appendBook = (file: string, stepMs: number): string => {
  const script = `console.log("begun"); setTimeout(() => { require("fs").appendFileSync(${JSON.stringify(file)}, "once\\n"); setTimeout(() => console.log("ended"), ${stepMs}) }, ${stepMs})`;
  return `# Append a line

Procedure:

1. Append

   \`\`\`sh {"name":"append","effect":"write"}
   ${nodeLine(script)}
   \`\`\`

2. Tell the others
`;
};

/** Everything is removed when the test ends. */
export function place({
  siteText: text = siteText,
  runbooks,
  stepMs = 600,
  home,
  env = {},
}: PlaceOptions = {}): Place {
  const dir = tempDir();
  const site = path.join(dir, 'site');
  const file = path.join(dir, 'appended');
  mkdirSync(path.join(site, 'runbooks'), {recursive: true, mode: 0o700});
  writeFileSync(path.join(site, 'quarterdeck.yaml'), text);
  const books = runbooks ?? {append: appendBook(file, stepMs)};
  for (const [name, source] of Object.entries(books))
    writeFileSync(path.join(site, 'runbooks', `${name}.md`), source);
  const data = home ?? path.join(dir, 'data');
  const all = {
    HOME: dir,
    XDG_CONFIG_HOME: path.join(dir, 'config'),
    QUARTERDECK_HOME: data,
    QUARTERDECK_SITE: site,
    LANG: 'C.UTF-8',
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    ...env,
  };
  const qd = async (...args: readonly string[]): Promise<Said> =>
    runToEnd(process.execPath, [launcher, ...args], {env: all, cwd: dir});
  return {
    dir,
    home: data,
    site,
    file,
    env: all,
    console: (options = {}) => {
      const {env: more = {}, ...rest} = options;
      const on = robot({
        command: process.execPath,
        args: [launcher],
        cwd: dir,
        env: {...all, ...more},
        ...rest,
      });
      onTestFinished(() => on.kill());
      return on;
    },
    qd,
    entries: async () => {
      const tail = await qd('ledger', 'tail', '-n', '10000', '--json');
      if (tail.status !== 0) throw new Error(`ledger tail ended with ${tail.status}: ${tail.out}${tail.err}`);
      return parseLines(tail.out);
    },
    lines: () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0),
  };
}

export interface EndOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What is on its standard input; nothing by default. */
  readonly input?: string;
}

/** Runs a program without a terminal. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  {env, cwd, input = ''}: EndOptions,
): Promise<Said> {
  const child = spawn(command, [...args], {env: {...env}, cwd, stdio: ['pipe', 'pipe', 'pipe']});
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = {out: '', err: ''};
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return {status, ...said};
}

/** The screen in one text. */
export const textOf = (on: PtyRobot): string => on.screen().join('\n');

/** Starts the runbook of the site that comes first on its only service, up to the run's first question. */
export async function startRun(on: PtyRobot): Promise<void> {
  await on.sees('The service', 30_000);
  // Until everything behind the first frame is open, there is nothing to choose from.
  await pressUntil(on, 'r', '> Append a line');
  await on.press('enter');
  await on.sees(/RUN [0-9a-f]{8}/, 20_000);
}

/** Opens the only open run from the list of runs. */
export async function openRunOf(on: PtyRobot): Promise<void> {
  await on.press('B');
  await on.sees('RUNS 1', 20_000);
  await on.press('tab');
  await on.sees(/> .*open, /, 20_000);
  await on.press('enter');
  await on.sees(/› run [0-9a-f]{8}/, 20_000);
}

/** As long as a person waits before pressing a key again that seems to have done nothing. */
const againMs = 800;

/** Presses a key until the screen shows that it was taken: a fresh question takes none before it could be read. */
export async function pressUntil(
  on: PtyRobot,
  key: string,
  taken: string | RegExp,
  timeoutMs = 20_000,
): Promise<void> {
  const is = (): boolean => (typeof taken === 'string' ? textOf(on).includes(taken) : taken.test(textOf(on)));
  await waitFor(
    async () => {
      if (is()) return true;
      await on.press(key);
      const pressedMs = performance.now();
      await waitFor(() => is() || performance.now() - pressedMs > againMs, {what: 'the key to be taken'});
      return is();
    },
    {timeoutMs, what: () => `${key} to lead to ${String(taken)}; the screen shows:\n${textOf(on)}`},
  );
}
