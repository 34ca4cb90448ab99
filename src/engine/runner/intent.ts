// What is about to happen, as the ledger keeps it: written, and durable, before anything is done.
import type {Json, NewEntry} from '../../domain/entry.ts';
import type {ProcessName} from '../../ports.ts';
import type {Job} from './job.ts';

export function intentOf(job: Job, self: ProcessName): NewEntry {
  const {on, runAs} = job;
  return {
    kind: 'step.intent',
    run: job.run,
    step: job.step,
    fence: job.fence,
    body: {
      attempt: job.attempt,
      confirm: job.confirm,
      ...actOf(job.act),
      ...(on === undefined ? {} : {on}),
      ...(runAs === undefined ? {} : {runAs}),
      target: job.target,
      effect: job.effect,
      vars: [...Object.keys(job.vars), ...Object.keys(job.secrets ?? {})],
      runbook: job.runbook,
      runner: {pid: self.pid, start: self.start, boot: self.boot},
      timeoutMs: job.timeoutMs,
      graceMs: job.graceMs,
      atLimit: job.atLimit,
    },
  };
}

function actOf(act: Job['act']): Readonly<Record<string, Json>> {
  switch (act.at) {
    case 'command':
      return {argv: act.argv};
    case 'terminal':
      return {argv: act.argv, terminal: true};
    case 'http':
      return {
        request: {
          method: act.method,
          url: act.url,
          headers: Object.keys(act.headers),
          ...(act.body === undefined ? {} : {bodySize: Buffer.byteLength(act.body)}),
        },
      };
    case 'sql':
    case 'promql':
      return {query: {source: act.source.name, type: act.source.type, text: act.text}};
    case 'collect':
      return {collect: act.items.map(whatOf)};
  }
}

/** A thing to be collected, in words: its path, its command, its address. */
export function whatOf(item: Extract<Job['act'], {at: 'collect'}>['items'][number]): string {
  switch (item.at) {
    case 'file':
      return item.path;
    case 'command':
      return item.text;
    case 'url':
      return item.url;
  }
}
