// Starting a run: everything that must hold before the first entry, and that entry with all that is pinned.
import type {AppendRequest} from '../../domain/entry.ts';
import {QdError} from '../../domain/error.ts';
import {nearest} from '../../domain/nearest.ts';
import {gotoOf, placeOf, planOf} from '../../domain/run-moves.ts';
import {findProcedure, planRun} from '../../domain/run-plan.ts';
import type {Place, RunState} from '../../domain/run.ts';
import type {Procedure, Runbook} from '../../domain/runbook.ts';
import type {Site} from '../../domain/site.ts';
import {runId} from '../../domain/time.ts';
import {closeExpired} from '../glasses.ts';
import {procedureOf} from './choosing.ts';
import {hexOf, linkedFiles, maxFileBytes, parsedFile} from './pinned.ts';
import {plansFor, type Plans} from './plans.ts';
import {refusalOf} from './refusal.ts';
import type {OpenRun} from './open-run.ts';
import {openWalk} from './walker.ts';
import type {RunWorld} from './world.ts';

export interface StartRequest {
  /** Id or file of a runbook. */
  readonly runbook: string;
  readonly procedure?: string;
  readonly service?: string;
  /** Left out: live. */
  readonly mode?: RunState['mode'];
}

/** Throws unless this console may write at all. */
function assertMayAct({site, ledger}: RunWorld): void {
  if (site.trust.at !== 'trusted') {
    throw new QdError('SITE_UNTRUSTED', `This site is not trusted: ${site.trust.why}`, {
      hint: 'Look at it, then run `quarterdeck site trust`.',
    });
  }
  if (ledger.readOnly !== undefined) {
    throw new QdError('LEDGER_READ_ONLY', ledger.readOnly, {
      hint: 'What is not recorded first is not done; reading still works.',
    });
  }
}

/** Throws RUN_REFUSED, RUNBOOK_*, LEASE_HELD, SITE_UNTRUSTED, SECRET_FOUND, LEDGER_*. */
export async function start(world: RunWorld, request: StartRequest): Promise<OpenRun> {
  assertMayAct(world);
  const {site, ledger, files, clock, random, env} = world;
  // The end of a break-glass stands in the ledger before what is done without it.
  await closeExpired(ledger, clock);
  const {runbook, procedure: chosen} = choose(await world.runbooks(), request);
  assertRunnable(world, runbook);
  const service = serviceFor(world, runbook, request.service);
  const [text, siteText] = [
    await files.read(runbook.file, maxFileBytes),
    await files.read(site.file, maxFileBytes),
  ];
  if (text.at === 'failed') throw new QdError('RUNBOOK_NOT_FOUND', `${runbook.file}: ${text.message}.`);
  if (siteText.at === 'failed') throw new QdError('SITE_NOT_FOUND', `${site.file}: ${siteText.message}.`);
  const pinned = parsedFile(world, {file: runbook.file, bytes: text.bytes});
  if (pinned.sha256 !== runbook.sha256) {
    throw new QdError('RUNBOOK_CHANGED', `${runbook.file} changed just now.`, {
      hint: 'Look at it and start again.',
    });
  }
  assertPinned(site, runbook);
  const linked = await linkedFiles(world, pinned);
  for (const one of linked) assertPinned(site, one.runbook);
  await assertSecrets(world, runbook);
  assertClean(world, runbook.file, text.bytes);
  assertClean(world, site.file, siteText.bytes);
  for (const one of linked) assertClean(world, one.runbook.file, one.bytes);
  const byFile = new Map(linked.map(one => [one.file, one.runbook]));
  const plans = plansFor(pinned, world.steps, world.site, byFile);
  const procedure = findProcedure(pinned, chosen.id) ?? chosen;
  const ambient = plans.ambient(name => env?.get(name) !== undefined);
  const place: Place = {runbook: pinned, procedure, file: undefined};
  const plan = planOf(plans, place, ambient);
  if (plan.walk.length === 0) {
    throw new QdError('RUNBOOK_INVALID', `${runbook.id}#${procedure.id} has no steps to walk.`, {
      file: runbook.file,
    });
  }
  const mode = request.mode ?? 'live';
  // Nothing is written in a rehearsal, so nobody is kept from the service.
  const writes = mode === 'live' && service !== '' && mayWrite(plans, place);
  const run = runId(clock.nowMs(), random.bytes(4));
  const requestToAppend: AppendRequest = {
    entries: [
      {
        kind: 'run.start',
        run,
        body: {
          runbook: runbook.id,
          title: pinned.title,
          file: runbook.file,
          sha256: runbook.sha256,
          procedure: procedure.id,
          procedureTitle: procedure.title,
          service,
          environment: site.environment,
          site: site.name,
          siteSha256: hexOf(siteText.bytes),
          writes,
          ...(mode === 'live' ? {} : {mode}),
          ...(linked.length === 0
            ? {}
            : {linked: linked.map(one => ({file: one.file, sha256: one.runbook.sha256}))}),
          ...(ambient.length === 0 ? {} : {ambient}),
        },
        disclosed: [
          {ptr: '/body/source', value: text.bytes},
          {ptr: '/body/siteSource', value: siteText.bytes},
          ...linked.map(({bytes}, i) => ({ptr: `/body/linked/${i}/source`, value: bytes})),
        ],
      },
    ],
    ifRunHead: {run, seq: -1},
    ...(writes ? {lease: {service, how: 'take'}} : {}),
  };
  const result = await ledger.append(requestToAppend);
  if (!result.ok) throw refusalOf(result);
  const opened = openWalk({world, plans, entries: result.entries});
  if (opened === undefined)
    throw new QdError('INTERNAL', 'The run that was just started cannot be read back.');
  // Whether the first step applies, and which break-glasses there are, is known before anything is asked.
  await opened.refresh();
  return opened;
}

/** Whether anything could be written: by this procedure, or by one that its answers lead to. */
function mayWrite(plans: Plans, start: Place): boolean {
  const seen = new Set<string>();
  const open = [start];
  for (let place = open.shift(); place !== undefined; place = open.shift()) {
    const {file, procedure} = place;
    if (seen.has(gotoOf(place))) continue;
    seen.add(gotoOf(place));
    const {walk, safe, rollback} = planRun(procedure, {classify: plans.classify, file});
    const items = [...walk, ...safe, ...rollback];
    if (items.some(({step}) => step.effect !== 'read')) return true;
    const links = items.flatMap(({step}) => (step.options ?? []).flatMap(({link}) => link ?? []));
    open.push(...links.flatMap(link => placeOf(plans, link, file) ?? []));
  }
  return false;
}

function choose(
  runbooks: readonly Runbook[],
  {runbook: name, procedure: slug}: StartRequest,
): {readonly runbook: Runbook; readonly procedure: Procedure} {
  const runbook = runbooks.find(({id, file}) => id === name || file === name);
  if (runbook === undefined) {
    const near = nearest(
      name,
      runbooks.map(({id}) => id),
    );
    throw new QdError('RUNBOOK_NOT_FOUND', `There is no runbook "${name}".`, {
      hint: near === undefined ? 'See `quarterdeck runbook list`.' : `Did you mean "${near}"?`,
    });
  }
  return {runbook, procedure: procedureOf(runbook, slug)};
}

/** A runbook of the site must be the very text that was there when the site was found trusted. */
function assertPinned({dir, hashes}: Site, {file, sha256}: Runbook): void {
  const inSite = file.startsWith(`${dir}/`) ? file.slice(dir.length + 1) : undefined;
  if (inSite === undefined || !inSite.startsWith('runbooks/') || hashes[inSite] === sha256) return;
  throw new QdError('RUNBOOK_CHANGED', `${file} is not what it was when this site was opened.`, {
    hint: 'Leave, look at it (`quarterdeck site trust` shows what changed), and start again.',
    file,
  });
}

function assertRunnable({site}: RunWorld, runbook: Runbook): void {
  const refuse = (message: string, hint: string, line?: number): QdError =>
    new QdError('RUN_REFUSED', message, {hint, file: runbook.file, ...(line === undefined ? {} : {line})});
  const broken = runbook.problems.find(({level}) => level === 'error');
  if (broken !== undefined) {
    throw new QdError('RUNBOOK_INVALID', `${runbook.file}:${broken.line}: ${broken.message}`, {
      file: runbook.file,
      line: broken.line,
      hint: `\`quarterdeck runbook lint\` lists everything that is wrong with ${runbook.id}.`,
    });
  }
  const {environments} = runbook.meta;
  if (environments.length > 0 && !environments.includes(site.environment)) {
    throw refuse(
      `${runbook.id} is for ${environments.join(', ')}; this site is ${site.environment}.`,
      'Choose the runbook of this environment.',
    );
  }
}

/** Secrets that the runbook declares must be there before it begins. */
async function assertSecrets({secrets}: RunWorld, {meta, file}: Runbook): Promise<void> {
  const found = await secrets.resolve(meta.secrets);
  if (found.at === 'failed') throw new QdError('RUN_REFUSED', found.message, {hint: found.hint, file});
}

/** Texts are kept byte for byte with the run: one that holds a secret is not kept, and so the run is not begun. */
function assertClean({secrets}: RunWorld, file: string, bytes: Uint8Array): void {
  const found = secrets.find(bytes).find(({sure}) => sure !== 'guess');
  if (found === undefined) return;
  const line = bytes.subarray(0, found.at).reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 1);
  throw new QdError(
    'SECRET_FOUND',
    `${file}:${line}: a secret stands here (${found.what}), and this text would be kept with the run.`,
    {
      hint: 'Put it into a variable or a private file, and name that under `secrets:` (`NAME: env:VARIABLE` or `NAME: file:/path`); commands then find it as $NAME.',
      file,
      line,
    },
  );
}

/** The service that the run is about: as asked, else the first that the runbook names, else the one that lists it. */
function serviceFor({site}: RunWorld, runbook: Runbook, asked: string | undefined): string {
  const ids = site.services.map(({id}) => id);
  if (asked !== undefined) {
    if (ids.includes(asked)) return asked;
    const near = nearest(asked, ids);
    throw new QdError('UNKNOWN_NAME', `There is no service "${asked}".`, {
      hint: near === undefined ? `Services: ${ids.join(', ')}` : `Did you mean "${near}"?`,
    });
  }
  const listing = site.services.filter(({runbooks}) =>
    runbooks.some(name => name === runbook.id || name.startsWith(`${runbook.id}#`)),
  );
  const named = runbook.meta.services.filter(name => ids.includes(name));
  const candidates =
    named.length > 0 ? named.slice(0, 1) : listing.length > 0 ? listing.map(({id}) => id) : ids;
  const [only = ''] = candidates;
  if (candidates.length <= 1) return only;
  throw new QdError('RUN_REFUSED', `${runbook.id} could be about ${candidates.join(', ')}.`, {
    hint: 'Say which: --service NAME',
  });
}
