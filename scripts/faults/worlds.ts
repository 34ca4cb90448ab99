// Faults that no single system call makes: other processes, a swapped file, a full or read-only disk, the clock.
import {execFileSync, spawn} from 'node:child_process';
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import {copyTree} from './injection.ts';
import {clockBack, otherBoot} from './clock.ts';
import {fill, mounted} from './mounts.ts';
import {
  acknowledged,
  complained,
  holdSet,
  message,
  placeIn,
  quarterdeck,
  run,
  type Place,
  type Said,
} from './program.ts';
import {byFrequency, type Row} from './row.ts';
import {after} from './state.ts';

interface Told {
  readonly fault: string;
  readonly where: string;
  /** What was said at the fault, and when it was over. */
  readonly said: readonly Said[];
  /** What must be so although it went wrong, and is not. */
  readonly wrong?: readonly string[];
}

/** The row of a case in which nothing may be lost and the ledger must go on afterwards. */
export async function rowOf(place: Place, {fault, where, said, wrong = []}: Told): Promise<Row> {
  const acked = said.map(acknowledged).filter(seq => seq !== undefined);
  const next = await run(holdSet(place, 'next'), place);
  const {lost, verdict} = await after(
    place,
    [...acked, acknowledged(next)].filter(seq => seq !== undefined),
  );
  const refused = said.filter(one => acknowledged(one) === undefined);
  return {
    fault,
    where,
    runs: said.length,
    acknowledged: acked.length,
    refused: refused.filter(complained).length,
    died: 0,
    lost: lost.length,
    notVerified: verdict === 'intact' ? 0 : 1,
    silent: refused.filter(one => !complained(one)).length + wrong.length,
    stuck: next.status === 0 ? 0 : 1,
    said: [
      ...wrong,
      ...byFrequency(refused.map(one => message(one, place))),
      ...(next.status === 0 ? [] : [`next start: ${message(next, place)}`]),
    ],
  };
}

async function fresh(dir: string): Promise<Place> {
  mkdirSync(dir, {recursive: true, mode: 0o700});
  const place = placeIn(dir);
  const said = await run(holdSet(place, 'first'), place);
  if (said.status !== 0) throw new Error(`the ledger could not be made: ${said.err}`);
  return place;
}

async function eightWriters(dir: string): Promise<Row> {
  const place = await fresh(dir);
  const one = async (): Promise<Said[]> => {
    const said: Said[] = [];
    for (let i = 0; i < 4; i++) said.push(await run(holdSet(place, `writer ${i}`), place));
    return said;
  };
  const said = (await Promise.all(Array.from({length: 8}, one))).flat();
  return rowOf(place, {fault: 'eight processes', where: 'append, 4 times each', said});
}

async function lockHeld(dir: string): Promise<Row> {
  const place = await fresh(dir);
  const db = new Database(path.join(place.home, 'ledger.db'));
  db.exec('BEGIN IMMEDIATE');
  const said = await run(holdSet(place, 'locked out'), place);
  db.exec('ROLLBACK');
  db.close();
  return rowOf(place, {fault: 'lock held', where: 'by another process', said: [said]});
}

/** A program that has the ledger open and appends whenever a line is typed; ended by closing its input. */
function holder({home, dir}: Place): {append: () => Promise<Said>; end: () => Promise<void>} {
  const script = path.resolve(import.meta.dirname, 'holder.ts');
  const child = spawn(process.execPath, [script, home], {cwd: dir, stdio: ['pipe', 'pipe', 'inherit']});
  const lines: string[] = [];
  let wake = (): void => undefined;
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    wake();
  });
  const closed = new Promise<void>(resolve => child.on('close', () => resolve()));
  return {
    append: async () => {
      child.stdin.write('append\n');
      while (lines.length === 0) await new Promise<void>(resolve => (wake = resolve));
      const line = lines.shift() ?? '';
      const isDone = line.startsWith('{"seq"');
      return {status: isDone ? 0 : 1, signal: null, out: isDone ? line : '', err: isDone ? '' : line};
    },
    end: async () => {
      child.stdin.end();
      await closed;
    },
  };
}

async function swapped(dir: string, how: 'deleted' | 'replaced'): Promise<Row> {
  const place = await fresh(dir);
  const aside = `${place.home}.aside`;
  const open = holder(place);
  const before = await open.append();
  copyTree(place.home, aside);
  for (const name of ['ledger.db', 'ledger.db-wal', 'ledger.db-shm']) {
    rmSync(path.join(place.home, name), {force: true});
    if (how === 'replaced') copyTree(path.join(aside, name), path.join(place.home, name));
  }
  const during = await open.append();
  await open.end();
  const wrong = acknowledged(during) === undefined ? [] : ['an entry went into a file that was gone'];
  if (how === 'deleted') {
    // Nothing is begun anew in silence: the remembered checkpoint says that there was a log.
    const next = await run(holdSet(place, 'after the deletion'), place);
    if (next.status === 0) wrong.push('a new log was begun in silence');
    rmSync(place.home, {recursive: true});
    copyTree(aside, place.home);
    return rowOf(place, {
      fault: `database ${how} while open`,
      where: 'append',
      said: [before, during, next],
      wrong,
    });
  }
  return rowOf(place, {fault: `database ${how} while open`, where: 'append', said: [before, during], wrong});
}

async function readOnlyDisk(dir: string): Promise<Row> {
  const disk = mounted(dir, 64);
  try {
    const place = await fresh(path.join(dir, 'on'));
    disk.remount('ro');
    const said = await run(holdSet(place, 'read-only'), place);
    const read = await run(quarterdeck(place, 'ledger', 'verify'), place);
    disk.remount('rw');
    const wrong = read.status === 0 ? [] : [`reading stopped too: ${message(read, place)}`];
    return await rowOf(place, {fault: 'disk remounted read-only', where: 'append', said: [said], wrong});
  } finally {
    disk.unmount();
  }
}

const book = (file: string): string => `# Wait

Procedure:

1. Wait

   \`\`\`sh {"name":"wait","effect":"write"}
   echo begun > '${file}'; while [ -e '${file}' ]; do :; done; echo ended
   \`\`\`
`;

async function fullDisk(dir: string): Promise<Row> {
  const disk = mounted(path.join(dir, 'disk'), 48);
  try {
    const place = await fresh(path.join(dir, 'disk/on'));
    const site = path.join(dir, 'site');
    const begun = path.join(dir, 'begun');
    mkdirSync(path.join(site, 'runbooks'), {recursive: true, mode: 0o700});
    writeFileSync(
      path.join(site, 'quarterdeck.yaml'),
      'site: faults\nenvironment: development\nservices: {api: {}}\n',
    );
    writeFileSync(path.join(site, 'runbooks/wait.md'), book(begun));
    writeFileSync(path.join(dir, 'answers.json'), '[{"say": "yes"}, {"say": "finish"}]');
    const words = [
      '--site',
      site,
      'runbook',
      'run',
      'wait',
      '--service',
      'api',
      '--answers',
      path.join(dir, 'answers.json'),
    ];
    const walking = run(quarterdeck(place, ...words), place);
    await untilThere(begun);
    const filler = fill(path.join(dir, 'disk'));
    const refused = await run(holdSet(place, 'full'), place);
    rmSync(begun);
    const walked = await walking;
    const kinds = await run(quarterdeck(place, 'ledger', 'tail', '-n', '100', '--json'), place);
    const wrong = [
      ...(kinds.out.includes('"kind":"step.outcome"') ? [] : ['the running step could not record its end']),
      ...(acknowledged(refused) === undefined ? [] : ['something new was begun on a full disk']),
      ...(walked.status === null ? ['the walk did not end'] : []),
    ];
    rmSync(filler);
    return await rowOf(place, {fault: 'disk full', where: 'while a step runs', said: [refused], wrong});
  } finally {
    disk.unmount();
  }
}

/** Waits for a file that a child makes. */
async function untilThere(file: string): Promise<void> {
  const {watch, existsSync} = await import('node:fs');
  const seen = Promise.withResolvers<void>();
  const watcher = watch(path.dirname(file), () => {
    if (existsSync(file)) seen.resolve();
  });
  if (existsSync(file)) seen.resolve();
  await seen.promise;
  watcher.close();
}

const has = (program: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], {stdio: 'ignore'});
    return true;
  } catch {
    return false;
  }
};

/** Every case; one that this machine cannot do is named and makes the matrix incomplete. */
export async function worlds(dir: string, tell: (text: string) => void): Promise<Row[]> {
  for (const program of ['faketime', 'unshare', 'mount'])
    if (!has(program))
      throw new Error(`${program} is not on this machine (Debian packages: faketime, util-linux, mount)`);
  const cases: readonly (readonly [string, (at: string) => Promise<Row>])[] = [
    ['writers', eightWriters],
    ['locked', lockHeld],
    ['deleted', async at => swapped(at, 'deleted')],
    ['replaced', async at => swapped(at, 'replaced')],
    ['read-only', readOnlyDisk],
    ['full', fullDisk],
    ['clock', async at => clockBack(await fresh(at))],
    ['boot', async at => otherBoot(await fresh(at))],
  ];
  const rows: Row[] = [];
  for (const [name, make] of cases) {
    const row = await make(path.join(dir, name));
    rows.push(row);
    tell(`${row.fault}: ${row.runs} runs`);
  }
  return rows;
}
