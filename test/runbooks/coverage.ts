// What an operator's procedure must say, by keyword, and where the shipped runbooks say it (words, all in that phase).
import type {Phase} from '../../src/domain/runbook.ts';

export interface Statement {
  readonly about: string;
  readonly runbook: string;
  readonly phase: Phase;
  readonly says: readonly string[];
}

const of = (runbook: string, rows: readonly (readonly [string, Phase, ...string[]])[]): Statement[] =>
  rows.map(([about, phase, ...says]) => ({about, runbook, phase, says}));

export const coverage: readonly Statement[] = [
  ...of('start-the-system', [
    ['planned start, deploy, restart', 'trigger', 'planned', 'release', 'rebooted'],
    ['environment is set', 'procedure', 'which environment'],
    ['required secrets before anything', 'preconditions', 'secrets'],
    ['database reachable', 'procedure', 'start the database', 'database/port'],
    ['migration status before start', 'procedure', 'migration heads before any service starts'],
    ['start as released, no reload', 'procedure', 'as they are released'],
    ['wait for startup', 'procedure', 'wait until upstream a is ready'],
    ['liveness answers', 'verify', '/health', 'gateway/live'],
    ['readiness with all checks', 'verify', 'every check in its answer', 'ledger-api/ready-a', 'ledger-api/ready-b'],
    ['startup log: environment, version, head', 'verify', 'environment, the version and the migration head', 'version_hash'],
    ['not with missing secrets', 'dont', 'secret is missing'],
    ['no debug or reload', 'dont', 'debug', 'reload'],
    ['no forced start', 'dont', 'force a start'],
    ['roll back when not ready', 'safe-actions', 'readiness does not pass', 'release that ran before'],
    ['escalate a head mismatch', 'safe-actions', 'heads still differ', 'escalate'],
  ]),
  ...of('stop-the-system', [
    ['maintenance, deploy rollback, shutdown', 'trigger', 'maintenance', 'release that is taken back', 'shutdown'],
    ['announce', 'procedure', 'announce the maintenance window'],
    ['drain', 'procedure', 'out of rotation', 'ctl drain upstream-a', 'ctl drain upstream-b'],
    ['graceful signal', 'procedure', 'to end', '--grace 10s'],
    ['wait for the end', 'procedure', 'each gets ten seconds'],
    ['worker stopped', 'procedure', 'worker had stopped'],
    ['clean exit', 'verify', 'every part has ended'],
    ['no new writes', 'verify', 'nothing accepts a write'],
    ['no stuck worker', 'verify', 'no worker is still turning'],
    ['no hard kill before the grace', 'dont', 'before its grace', 'emergency'],
    ['diagnostics, then force', 'safe-actions', 'last lines of its log', 'force-after-grace'],
  ]),
  ...of('verify-readiness', [
    ['after start or periodic', 'trigger', 'just started', 'regular look'],
    ['ask for readiness', 'procedure', '/ready'],
    ['inspect each check', 'procedure', 'read each check'],
    ['database check', 'verify', 'database/port'],
    ['migration head when configured', 'verify', 'database/heads', 'expects no head'],
    ['signing material when required', 'verify', 'signing key'],
    ['worker as configured', 'verify', 'worker/beat-a', 'worker/beat-b', 'configuration asks for'],
    ['no partial failure is ignored', 'dont', 'even one check failed'],
    ['failed means not deployable', 'safe-actions', 'not deployable'],
  ]),
  ...of('database-unavailable', [
    ['readiness db check fails', 'trigger', 'the check db has failed'],
    ['elevated 5xx', 'trigger', '5xx'],
    ['failure class', 'trigger', 'db.unavailable'],
    ['service status', 'diagnose', 'database process runs', 'ctl status'],
    ['network and firewall', 'diagnose', 'firewall', 'filtered'],
    ['credentials', 'diagnose', 'credentials', 'refuses the login'],
    ['pool', 'diagnose', 'connections are taken', 'exhausted'],
    ['checks stay on', 'dont', 'database check off'],
    ['no fallback store', 'dont', 'fallback store'],
    ['restore the connection', 'safe-actions', 'bring the connection back'],
    ['stay closed', 'safe-actions', 'leave the api closed'],
    ['readiness before traffic', 'safe-actions', 'before you let traffic in'],
    ['restart with confirmation', 'procedure', 'ctl start database', 'starts the one database'],
    ['wait until ready', 'procedure', 'ledger-api/ready-a'],
  ]),
];
