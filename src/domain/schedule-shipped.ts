// The jobs that every site has until it says otherwise: the table of the stabilisation document (S1), in UTC.
import type {Job} from './schedule.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Types of checks that verify a backup. */
const backups = ['backupFresh', 'backupRestore', 'backupRepo'] as const;

export const shippedJobs: readonly Job[] = [
  {
    id: 'uptime',
    title: 'Uptime: every check is looked at in its slot',
    cron: '* * * * *',
    timezone: 'UTC',
    catchUp: 'none',
    limitMs: minuteMs,
    work: {at: 'own', name: 'uptime'},
    line: 0,
  },
  {
    id: 'slo',
    title: 'SLOs: availability, error budget and burn rate',
    cron: '*/15 * * * *',
    timezone: 'UTC',
    catchUp: 'none',
    limitMs: 5 * minuteMs,
    work: {at: 'own', name: 'slo'},
    line: 0,
  },
  {
    id: 'backup-verify',
    title: 'Backups are restored and compared',
    cron: '30 2 * * *',
    timezone: 'UTC',
    catchUp: 'once',
    limitMs: 4 * hourMs,
    work: {at: 'checks', checks: [], types: backups},
    line: 0,
  },
  {
    id: 'rotation',
    title: 'Secrets are rotated when they are due',
    cron: '10 0 * * *',
    timezone: 'UTC',
    catchUp: 'once',
    limitMs: 15 * minuteMs,
    work: {at: 'nothing', why: 'the site names no command for it'},
    line: 0,
  },
  {
    id: 'dr-drill',
    title: 'Disaster recovery drill',
    cron: '0 1 * * 0',
    timezone: 'UTC',
    catchUp: 'none',
    limitMs: 4 * hourMs,
    work: {at: 'nothing', why: 'the site names no command for it'},
    line: 0,
  },
];
