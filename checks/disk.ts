import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {Look} from '../src/domain/verdict.ts';
import type {Host, Space} from '../src/host-ports.ts';
import {condition} from './parts/condition.ts';
import {judge, type Assertion} from './parts/expect.ts';
import {absolutePath, onHost} from './parts/fields.ts';
import {couldNot, unknown} from './parts/host/could-not.ts';
import {filesNamed} from './parts/host/newest.ts';
import {meets} from './parts/operators.ts';

const conditions = {
  freeBytes: condition.optional().describe('Bytes that accounts other than root may still write.'),
  freePercent: condition.optional().describe('The same in percent of what they may use.'),
  inodesFree: condition.optional().describe('How many files may still be made.'),
  inodesFreePercent: condition.optional().describe('The same in percent.'),
};

const params = z
  .strictObject({
    path: absolutePath.describe('Anything on the file system that is meant.'),
    on: onHost,
    expect: z.strictObject(conditions).default({}).describe('What must be true of it.'),
    warn: z.strictObject(conditions).default({}).describe('What is a warning when it is not true.'),
    room: z
      .strictObject({
        archive: absolutePath.describe(
          'An archive; with `*` or `?` in its name the newest that fits. Of gzip, the unpacked size counts where it is larger.',
        ),
        factor: z.number().min(1).max(100).default(1.2).describe('So many times its size must be free.'),
      })
      .optional()
      .describe('Room to unpack an archive.'),
  })
  .refine(
    ({expect, warn, room}) =>
      room !== undefined || [...Object.values(expect), ...Object.values(warn)].some(one => one !== undefined),
    'say what is expected: `expect`, `warn` or `room`',
  );
type Params = z.infer<typeof params>;

/** As df(1) counts: of what is used and what may be used. */
const percent = (free: number, used: number): number | undefined =>
  free + used === 0 ? undefined : Math.round((free / (free + used)) * 1000) / 10;

const measuresOf = ({
  freeBytes,
  usedBytes,
  inodes,
}: Space): Record<keyof typeof conditions, number | undefined> => ({
  freeBytes,
  freePercent: percent(freeBytes, usedBytes),
  inodesFree: inodes?.free,
  inodesFreePercent: inodes === undefined ? undefined : percent(inodes.free, inodes.total - inodes.free),
});

function assertionsOf(space: Space, wanted: Params['expect'], otherwise: 'warn' | 'fail'): Assertion[] {
  const measured = measuresOf(space);
  return (['freeBytes', 'freePercent', 'inodesFree', 'inodesFreePercent'] as const).flatMap(name => {
    const given = wanted[name];
    if (given === undefined) return [];
    const value = measured[name];
    // A file system that counts none runs out of none, but that was not what was asked.
    if (value === undefined)
      return [{what: name, ok: undefined, expected: 'a number', actual: 'not counted here', otherwise}];
    return meets(name, value, given, 0).map(one => ({...one, otherwise}));
  });
}

/** The size that gzip gives for what it holds, modulo 4 GiB (RFC 1952); undefined for anything else. */
async function unpackedBytes(host: Host, path: string): Promise<number | undefined> {
  const [head, tail] = [await host.read(path, {maxBytes: 2}), await host.read(path, {maxBytes: 4, from: -4})];
  if (head.at !== 'read' || tail.at !== 'read' || tail.bytes.length < 4) return undefined;
  if (head.bytes[0] !== 0x1f || head.bytes[1] !== 0x8b) return undefined;
  return new DataView(tail.bytes.buffer, tail.bytes.byteOffset, 4).getUint32(0, true);
}

async function roomFor(
  host: Host,
  space: Space,
  room: NonNullable<Params['room']>,
): Promise<Assertion | Look> {
  const named = await filesNamed(host, room.archive);
  if (named.at === 'look') return named.look;
  const [newest] = named.files;
  if (newest === undefined) return unknown('noData', `there is no archive ${room.archive} to make room for`);
  const {path, sizeBytes} = newest;
  const size = Math.max(sizeBytes, (await unpackedBytes(host, path)) ?? 0);
  return {
    what: 'room',
    ok: space.freeBytes >= size * room.factor,
    expected: `${room.factor} times the ${size} bytes of ${path}`,
    actual: `${space.freeBytes} bytes`,
  };
}

export const disk = defineCheck({
  type: 'disk',
  summary: 'Room on a file system: bytes, inodes, or enough to unpack an archive',
  example: `type: disk
path: /var/lib/app
expect: {freePercent: {gte: 0.1}, inodesFree: {gte: 10}}
warn: {freeBytes: {gte: 1000000}}
room: {archive: "/var/backups/app-*.tgz", factor: 1.2}`,
  needsTrust: false,
  everyMs: 300_000,
  timeoutMs: 10_000,
  params,
  on: ({on}) => on,
  run: async ({path, expect, warn, room}, {host}) => {
    const answer = await host.space(path);
    if (answer.at === 'failed') return couldNot(answer);
    if (answer.at === 'missing') return unknown('config', `there is no ${path} to look at`);
    const {space} = answer;
    const made = room === undefined ? undefined : await roomFor(host, space, room);
    if (made !== undefined && 'verdict' in made) return made;
    const {freePercent, inodesFreePercent} = measuresOf(space);
    const inodes = inodesFreePercent === undefined ? '' : `, ${inodesFreePercent} % of inodes`;
    return judge(
      [
        ...assertionsOf(space, expect, 'fail'),
        ...assertionsOf(space, warn, 'warn'),
        ...(made === undefined ? [] : [made]),
      ],
      `${space.freeBytes} bytes free, ${freePercent ?? '?'} %${inodes}`,
    );
  },
});
