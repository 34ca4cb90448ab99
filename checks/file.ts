import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {timestamp} from '../src/domain/time.ts';
import type {Look, Part} from '../src/domain/verdict.ts';
import {fileKinds, type Host, type HostFile} from '../src/host-ports.ts';
import {condition, pathConditions} from './parts/condition.ts';
import {excerpt, judge, type Assertion} from './parts/expect.ts';
import {absolutePath, duration, onHost} from './parts/fields.ts';
import {accountId, accountName, accountSaid} from './parts/host/accounts.ts';
import {couldNot, kindName, unknown, wrong} from './parts/host/could-not.ts';
import {meetsText} from './parts/host/content.ts';
import {bitsOf, modeSaid, octalMode} from './parts/host/mode.ts';
import {parseJson} from './parts/json.ts';
import {meets, meetsAt} from './parts/operators.ts';

const params = z
  .strictObject({
    path: absolutePath.describe('The file, absolute.'),
    on: onHost,
    noFollow: z.boolean().default(false).describe('A link in its place is a failure, wherever it leads.'),
    expect: z
      .strictObject({
        exists: z.boolean().default(true).describe('Whether it is there; `false`: it must not be.'),
        type: z.enum(fileKinds).optional().describe('What it is; only with `link` a link is not followed.'),
        mode: octalMode.optional().describe('Exactly these permissions, such as "0600".'),
        maxMode: octalMode.optional().describe('No permissions beside these.'),
        executable: z.boolean().optional().describe('Whether anybody may execute it.'),
        owner: accountName.optional().describe('The account it belongs to.'),
        group: accountName.optional().describe('The group it belongs to.'),
        size: condition.optional().describe('A condition on its bytes, such as `{gt: 0}`.'),
        age: z
          .strictObject({min: duration.optional(), max: duration.optional()})
          .optional()
          .describe('How long ago it was changed.'),
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits')
          .optional()
          .describe('SHA-256 of its content.'),
        content: condition.optional().describe('A condition on its text, such as `{contains: ok}`.'),
        json: pathConditions.optional(),
        linkTo: z.string().min(1).optional().describe('It is a link, written exactly so.'),
      })
      .default({exists: true})
      .describe('What must be true of it.'),
    heal: z
      .strictObject({mode: octalMode})
      .optional()
      .describe(
        'Takes away the permissions that are not in this mode, and never adds any: on this machine, on a trusted site, of a regular file of this account that no link leads to, and recorded in the ledger before it happens.',
      ),
  })
  .refine(({heal, on}) => heal === undefined || on === 'local', {
    error: 'only files of this machine are healed',
    path: ['heal'],
  });
type Params = z.infer<typeof params>;
type Expect = Params['expect'];

const maxContentBytes = 1024 * 1024;
const maxHashBytes = 4 * 1024 ** 3;

async function owned(
  host: Host,
  kind: 'user' | 'group',
  {name, id}: {readonly name: string | number | undefined; readonly id: number},
): Promise<readonly Assertion[] | Look> {
  if (name === undefined) return [];
  const account = await accountId(host, kind, name);
  if (account.at === 'look') return account.look;
  const what = kind === 'user' ? 'owner' : 'group';
  const actual = await accountSaid(host, kind, id);
  // An account that nobody knows owns nothing.
  const ok = account.at === 'found' && account.id === id;
  return [{what, ok, expected: String(name), actual}];
}

function modeAssertions({mode}: HostFile, {expect, heal}: Params): Assertion[] {
  const {mode: wanted, executable} = expect;
  // What is to be healed must not stay as it was, also where nothing else is said of it.
  const maxMode = expect.maxMode ?? (wanted === undefined ? heal?.mode : undefined);
  const actual = modeSaid(mode);
  return [
    ...(wanted === undefined
      ? []
      : [{what: 'mode', ok: mode === bitsOf(wanted), expected: modeSaid(bitsOf(wanted)), actual}]),
    ...(maxMode === undefined
      ? []
      : [
          {
            what: 'mode',
            ok: (mode & ~bitsOf(maxMode)) === 0,
            expected: `at most ${modeSaid(bitsOf(maxMode))}`,
            actual,
          },
        ]),
    ...(executable === undefined
      ? []
      : [
          {
            what: 'executable',
            ok: ((mode & 0o111) !== 0) === executable,
            expected: executable ? 'yes' : 'no',
            actual,
          },
        ]),
  ];
}

const notRegular = (what: string, kind: HostFile['kind']): Assertion[] => [
  {what, ok: false, expected: 'a regular file', actual: kindName(kind)},
];

const vanished = (path: string): Look => unknown('noData', `${path} vanished while it was looked at`);

async function hashed(
  host: Host,
  path: string,
  sha256: string | undefined,
): Promise<readonly Assertion[] | Look> {
  if (sha256 === undefined) return [];
  const answer = await host.hash(path, {maxBytes: maxHashBytes});
  if (answer.at === 'failed') return couldNot(answer);
  if (answer.at === 'missing') return vanished(path);
  if (answer.at === 'special') return notRegular('sha256', answer.kind);
  return [{what: 'sha256', ok: answer.sha256 === sha256, expected: sha256, actual: answer.sha256}];
}

async function contained(
  host: Host,
  path: string,
  {content, json, nowMs}: Pick<Expect, 'content' | 'json'> & {readonly nowMs: number},
): Promise<readonly Assertion[] | Look> {
  if (content === undefined && json === undefined) return [];
  const answer = await host.read(path, {maxBytes: maxContentBytes});
  if (answer.at === 'failed') return couldNot(answer);
  if (answer.at === 'missing') return vanished(path);
  if (answer.at === 'special') return notRegular('content', answer.kind);
  const text = new TextDecoder().decode(answer.bytes);
  const {cut} = answer;
  const parsed = json === undefined || cut ? undefined : parseJson(text);
  const asJson: Assertion[] =
    json === undefined
      ? []
      : parsed === undefined
        ? [
            {
              what: 'content',
              ok: cut ? undefined : false,
              expected: 'JSON',
              actual: cut ? 'more than 1 MiB' : JSON.stringify(excerpt(text)),
            },
          ]
        : meetsAt(parsed.value, json, nowMs);
  return [
    ...(content === undefined ? [] : meetsText('content', text, {given: content, cut, nowMs})),
    ...asJson,
  ];
}

/** The file that the conditions are about, and what is known of its name. */
type Found =
  | {readonly at: 'found'; readonly file: HostFile; readonly own: HostFile}
  | {readonly at: 'look'; readonly look: Look};

async function find(host: Host, {path, expect, noFollow}: Params): Promise<Found> {
  const look = (one: Look): Found => ({at: 'look', look: one});
  const own = await host.stat(path, {follow: false});
  if (own.at === 'failed') return look(couldNot(own));
  if (own.at === 'missing')
    return look(
      expect.exists
        ? wrong(`there is no ${path}`, {expected: path, actual: 'nothing'})
        : {verdict: 'pass', kind: 'assertion', checked: 1, message: `there is no ${path}`},
    );
  if (!expect.exists)
    return look(wrong(`${path} is there`, {expected: 'nothing', actual: kindName(own.file.kind)}));
  if (own.file.kind !== 'link' || expect.type === 'link') return {at: 'found', file: own.file, own: own.file};
  const {target = '?'} = own.file;
  if (noFollow && expect.linkTo === undefined)
    return look(
      wrong(`${path} is a link to ${target}`, {expected: 'no link', actual: `a link to ${target}`}),
    );
  const file = await host.stat(path, {follow: true});
  if (file.at === 'failed') return look(couldNot(file));
  if (file.at === 'missing')
    return look(
      wrong(`${path} is a link that leads nowhere: ${target}`, {expected: 'a file', actual: 'nothing'}),
    );
  return {at: 'found', file: file.file, own: own.file};
}

async function judgeFile(
  given: Params,
  {file, own}: Extract<Found, {at: 'found'}>,
  host: Host,
): Promise<Look> {
  const {path, expect} = given;
  const now = expect.age === undefined ? undefined : await host.now();
  if (now?.at === 'failed') return couldNot(now);
  const nowMs = now?.ms ?? 0;
  const asked = [
    await owned(host, 'user', {name: expect.owner, id: file.uid}),
    await owned(host, 'group', {name: expect.group, id: file.gid}),
    await hashed(host, path, expect.sha256),
    await contained(host, path, {content: expect.content, json: expect.json, nowMs}),
  ];
  const assertions: Assertion[] = [
    {
      what: 'type',
      ok: expect.type === undefined || file.kind === expect.type,
      expected: kindName(expect.type ?? file.kind),
      actual: kindName(file.kind),
    },
    ...(expect.linkTo === undefined
      ? []
      : [
          {
            what: 'link',
            ok: own.target === expect.linkTo,
            expected: `to ${expect.linkTo}`,
            actual: own.target ?? 'no link',
          },
        ]),
    ...modeAssertions(file, given),
    ...(expect.size === undefined ? [] : meets('size', file.sizeBytes, expect.size, nowMs)),
    ...(expect.age === undefined
      ? []
      : meets('changed', timestamp(file.modifiedMs), {age: expect.age}, nowMs)),
  ];
  for (const one of asked) {
    if ('verdict' in one) return one;
    assertions.push(...one);
  }
  return judge(assertions, `${kindName(file.kind)}, ${modeSaid(file.mode)}, ${file.sizeBytes} bytes`);
}

/** What was done about permissions that are too wide; undefined when there was nothing to do. */
async function healed(given: Params, file: HostFile, {heal}: CheckContext): Promise<Part | undefined> {
  if (given.heal === undefined) return undefined;
  const mask = bitsOf(given.heal.mode);
  if ((file.mode & ~mask) === 0) return undefined;
  const expected = modeSaid(file.mode & mask);
  const before = modeSaid(file.mode);
  const answer = await heal({path: given.path, mask});
  if (answer.at === 'refused')
    return {
      name: 'heal',
      verdict: 'fail',
      message: `not healed: ${answer.message}`,
      expected,
      actual: before,
    };
  const said = `mode ${modeSaid(answer.before)} narrowed to ${modeSaid(answer.after)}`;
  const {unrecorded} = answer;
  return {
    name: 'heal',
    verdict: unrecorded === undefined ? 'pass' : 'warn',
    message: unrecorded === undefined ? said : `${said}, which could not be recorded: ${unrecorded}`,
    expected: modeSaid(answer.after),
    actual: modeSaid(answer.before),
  };
}

const withPart = (look: Look, part: Part): Look => ({
  ...look,
  message: `${look.message} (${part.message})`,
  parts: [part],
});

export const file = defineCheck({
  type: 'file',
  summary: 'A file is there, or is not, with its permissions, owner, age and content',
  example: `type: file
path: /etc/app/auth.json
noFollow: true
expect: {type: file, mode: "0600", size: {gt: 0}, json: {"$.version": {gte: 1}}}
heal: {mode: "0600"}`,
  needsTrust: false,
  everyMs: 60_000,
  timeoutMs: 30_000,
  params,
  on: ({on}) => on,
  run: async (given, context) => {
    const {host} = context;
    const found = await find(host, given);
    if (found.at === 'look') return found.look;
    const part = await healed(given, found.file, context);
    if (part === undefined) return judgeFile(given, found, host);
    // Only looking again says what became of it.
    const again = await find(host, given);
    return withPart(again.at === 'look' ? again.look : await judgeFile(given, again, host), part);
  },
});
