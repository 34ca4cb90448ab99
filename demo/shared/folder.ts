// The state directory of one running demo: what lies where, and who may read it.
import {chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync} from 'node:fs';
import {homedir, tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {z} from 'zod';
import {DemoError} from './text.ts';

export const unitNames = ['database', 'upstream-a', 'upstream-b', 'gateway'] as const;
export type UnitName = (typeof unitNames)[number];

const unitState = z.enum(['stopped', 'starting', 'running', 'stopping', 'crashed']);
export type UnitState = z.infer<typeof unitState>;

const unitRecord = z.object({
  name: z.enum(unitNames),
  state: unitState,
  pid: z.number().nullable(),
  port: z.number(),
  since: z.string(),
  restarts: z.number(),
  lastExit: z.string().nullable(),
});
export type UnitRecord = z.infer<typeof unitRecord>;

const stateSchema = z.object({
  v: z.literal(1),
  pid: z.number(),
  startedAt: z.string(),
  control: z.string(),
  databaseUrl: z.string(),
  processes: z.array(unitRecord),
});
export type DemoState = z.infer<typeof stateSchema>;

export const configSchema = z.object({
  expectedHead: z.string().nullable(),
  restart: z.record(z.enum(unitNames), z.enum(['never', 'on-crash'])),
});
export type DemoConfig = z.infer<typeof configSchema>;

export type Folder = ReturnType<typeof folderAt>;

/** The places inside a state directory. Nothing is touched. */
export function folderAt(dir: string) {
  const root = resolve(dir);
  return {
    root,
    stateFile: join(root, 'state.json'),
    configFile: join(root, 'config.json'),
    logs: join(root, 'logs'),
    faults: join(root, 'faults'),
    keys: join(root, 'keys'),
    signingKey: join(root, 'keys', 'signing.pem'),
    controlToken: join(root, 'keys', 'control.token'),
    adminKey: join(root, 'keys', 'admin.key'),
    tenantTokens: join(root, 'keys'),
    pgdata: join(root, 'pgdata'),
    bin: join(root, 'bin'),
    site: join(root, 'site'),
  };
}

/** Makes the state directory (0700) and the folders in it. */
export function prepareFolder(folder: Folder): void {
  for (const path of [folder.root, folder.logs, folder.faults, folder.keys, folder.bin]) {
    mkdirSync(path, {recursive: true, mode: 0o700});
  }
  chmodSync(folder.root, 0o700);
}

/** Replaces a file in one step, so that a reader never sees half of it. */
export function writeWhole(path: string, text: string, mode = 0o600): void {
  const temporary = `${path}.${String(process.pid)}.tmp`;
  writeFileSync(temporary, text, {mode});
  renameSync(temporary, path);
}

/** The recorded state of the demo in this folder; DEMO_NOT_RUNNING when there is none or it cannot be read. */
export function readState(folder: Folder): DemoState {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(folder.stateFile, 'utf8')));
  } catch (error) {
    throw new DemoError('DEMO_NOT_RUNNING', `No demo runs in ${folder.root}.`, {
      exit: 2,
      hint: 'Start one with `npm run demo`, or name its folder with --dir DIR or $QD_DEMO_DIR.',
      cause: error,
    });
  }
}

export function readConfig(folder: Folder): DemoConfig {
  return configSchema.parse(JSON.parse(readFileSync(folder.configFile, 'utf8')));
}

function latestRecords(): string[] {
  const state = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state');
  const uid = String(process.getuid?.() ?? 0);
  return [join(state, 'quarterdeck-demo.json'), join(tmpdir(), `quarterdeck-demo-${uid}.json`)];
}

/** Remembers this demo as the one that `npm run fault` means; the temporary folder serves when the state folder cannot be written. */
export function rememberLatest(dir: string): void {
  for (const path of latestRecords()) {
    try {
      mkdirSync(join(path, '..'), {recursive: true});
      writeWhole(path, `${JSON.stringify({dir, at: new Date().toISOString()})}\n`);
      return;
    } catch {
      continue; // the next place is tried; without any, --dir still works
    }
  }
}

/** The folder to work on: --dir, else $QD_DEMO_DIR, else (when asked for) the demo that was started last. */
export function chooseFolder(dir: string | undefined, {latest}: {latest: boolean}): Folder {
  const named = dir ?? process.env['QD_DEMO_DIR'];
  if (named !== undefined && named !== '') return folderAt(named);
  const remembered = latest ? rememberedFolder() : undefined;
  if (remembered !== undefined) return folderAt(remembered);
  throw new DemoError('DEMO_UNKNOWN', 'Which demo? No folder was named.', {
    exit: 64,
    hint: 'Name it with --dir DIR or $QD_DEMO_DIR; `npm run demo` starts one.',
  });
}

function rememberedFolder(): string | undefined {
  const schema = z.object({dir: z.string(), at: z.string()});
  return latestRecords()
    .filter(path => existsSync(path) && statSync(path).uid === (process.getuid?.() ?? 0))
    .flatMap(path => {
      try {
        return [schema.parse(JSON.parse(readFileSync(path, 'utf8')))];
      } catch {
        return []; // a record that cannot be read names nothing
      }
    })
    .sort((a, b) => b.at.localeCompare(a.at))[0]?.dir;
}
