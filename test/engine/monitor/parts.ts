// What the monitor's tests share: a site, check types whose answers the test decides, a ledger that remembers.
import {z} from 'zod';
import {localHost} from '../../../src/adapters/host/local.ts';
import {createArchives} from '../../../src/adapters/archives.ts';
import {createFolders} from '../../../src/adapters/folders.ts';
import {realFiles} from '../../../src/adapters/files.ts';
import {realProcesses} from '../../../src/adapters/processes.ts';
import {defineCheck} from '../../../src/define.ts';
import type {AnyCheck, Ports} from '../../../src/define.ts';
import type {NewEntry} from '../../../src/domain/entry.ts';
import type {CheckSpec, Site, Trust} from '../../../src/domain/site.ts';
import type {Look, Verdict} from '../../../src/domain/verdict.ts';
import type {Clock, Ledger, ProcessName} from '../../../src/ports.ts';
import {fakeEnv, fakeRandom} from '../../helpers/fakes.ts';

const unexpected = (what: string) => (): never => {
  throw new Error(`the test did not expect ${what}`);
};

export const answer = (verdict: Verdict, message: string = verdict): Look => ({
  verdict,
  kind: 'assertion',
  checked: 1,
  message,
});

/** A check type whose look is what `run` says. */
export const scripted = (
  run: (params: {name: string}, context: Parameters<AnyCheck['run']>[1]) => Promise<Look>,
  more: {type?: string; inputs?: readonly string[]; needsTrust?: boolean} = {},
): AnyCheck =>
  defineCheck({
    type: more.type ?? 'scripted',
    summary: 'says what the test says',
    needsTrust: more.needsTrust ?? false,
    everyMs: 60_000,
    timeoutMs: 10_000,
    params: z.strictObject({name: z.string()}),
    example: 'type: scripted\nname: a',
    inputs: () => more.inputs ?? [],
    run,
  });

export const spec = (id: string, more: Partial<CheckSpec> = {}): CheckSpec => ({
  service: 'api',
  id,
  type: 'scripted',
  panel: 'health',
  everyMs: 60_000,
  timeoutMs: 10_000,
  rollup: true,
  severity: 'sev2',
  strikes: {fail: 2, recover: 2},
  params: {name: id},
  line: 1,
  ...more,
});

export const siteOf = (checks: readonly CheckSpec[], trust: Trust = {at: 'trusted'}): Site => ({
  name: 'test',
  environment: 'development',
  dir: '/nowhere',
  file: '/nowhere/quarterdeck.yaml',
  escalation: [],
  services: [{id: 'api', title: 'API', labels: [], runbooks: [], checks}],
  hashes: {},
  trust,
});

const noExec = {run: unexpected('a command')};

export const portsOf = (clock: Clock, self: ProcessName = {pid: 100, start: '1', boot: 'b'}): Ports => ({
  clock,
  random: fakeRandom(self.pid),
  env: fakeEnv(),
  exec: noExec,
  http: {request: unexpected('a request')},
  net: {connect: unexpected('a connection')},
  tls: {talk: unexpected('a handshake')},
  dns: {ask: unexpected('a question to a name server')},
  processes: {...realProcesses(self.boot), self: () => self, alive: unexpected('a question about a process')},
  files: realFiles,
  sql: {ask: unexpected('a query')},
  heal: {narrow: unexpected('healing')},
  records: {open: unexpected('something to be recorded')},
  hosts: {
    open: async (place, limits) => {
      if (place !== undefined) throw new Error(`nobody expected that ${place.name} would be contacted`);
      return Promise.resolve(localHost({exec: noExec, env: fakeEnv(), clock}, limits));
    },
  },
  folders: createFolders(),
  archives: createArchives(),
});

export interface MemoryLedger extends Ledger {
  readonly entries: NewEntry[];
  /** While set, nothing can be appended. */
  refuse: string | undefined;
}

export function memoryLedger(): MemoryLedger {
  const entries: NewEntry[] = [];
  return {
    ...unreachableLedger,
    entries,
    refuse: undefined,
    append(request) {
      if (this.refuse !== undefined)
        return Promise.resolve({ok: false, why: 'full', message: this.refuse, hint: 'make room'});
      entries.push(...request.entries);
      return Promise.resolve({ok: true, entries: []});
    },
  };
}

const unreachableLedger: Ledger = {
  origin: 'quarterdeck/test/host/0000000000000000',
  dir: '/nowhere',
  readOnly: undefined,
  head: unexpected('head'),
  append: unexpected('append'),
  read: unexpected('read'),
  checkpoint: unexpected('checkpoint'),
  disclosure: unexpected('disclosure'),
  watch: unexpected('watch'),
  close: unexpected('close'),
};
