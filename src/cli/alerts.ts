// `alerts`: what is open and who was told of it; `alerts test`: one notice through one channel, now.
import {z} from 'zod';
import {defineCommand, type CommandContext} from '../define.ts';
import type {QueuedItem} from '../alert-ports.ts';
import {silencesNow} from '../domain/alert.ts';
import {exit, QdError} from '../domain/error.ts';
import {didYouMean} from '../domain/nearest.ts';
import {lasted, type Notice} from '../domain/notice.ts';
import {say, show, type Shown} from '../domain/show.ts';
import type {Site} from '../domain/site.ts';
import {timestamp} from '../domain/time.ts';
import {findingsOf, heldFindings, standings, waitingIn, type Standing} from '../engine/alerts/index.ts';
import {statesOf} from '../engine/monitor/index.ts';
import {recorded} from '../evidence/recorded.ts';
import {planOf, sendThrough} from './alerting.ts';
import {alertsOff} from './alerts-off.ts';
import {bookIn, reading, textBeside} from './alert-scope.ts';
import {writableLedger} from './erasing.ts';

const jsonOption = {flags: '--json', summary: 'as JSON'};

/** What keeps an open alert from being told again. */
const flagsOf = ({alert: {acked}, silence, maintenance}: Standing): string[] => [
  ...(acked === undefined ? [] : [`acked by ${acked.operator}`]),
  ...(silence === undefined ? [] : [`silenced until ${timestamp(silence.untilMs)}`]),
  ...(maintenance === undefined ? [] : [`maintenance until ${timestamp(maintenance.untilMs)}`]),
];

const toldWords = (items: readonly QueuedItem[]): string =>
  items
    .filter(({as}) => as === 'firing')
    .map(({channel, at, error}) => `${channel} ${at}${error === undefined ? '' : ` (${error})`}`)
    .join(', ');

type Row = Standing & {readonly message: Shown | undefined};

function rowJson(row: Row): Record<string, unknown> {
  const {alert, key, severity, title, sinceMs, acked} = row.alert;
  return {
    alert,
    key,
    severity,
    title,
    since: timestamp(sinceMs),
    ...(acked === undefined ? {} : {acknowledgedBy: acked.operator}),
    ...(row.message === undefined ? {} : {message: row.message}),
    flags: flagsOf(row),
    told: row.told.map(itemJson),
  };
}

const itemJson = ({channel, as, at, attempts, error}: QueuedItem): Record<string, unknown> => ({
  channel,
  as,
  at,
  attempts,
  ...(error === undefined ? {} : {error}),
});

function* rowLines(row: Row, nowMs: number): Generator<Shown> {
  const {severity, title, sinceMs} = row.alert;
  yield say`${severity}  ${title}  for ${lasted(nowMs - sinceMs)}`;
  if (row.message !== undefined) yield say`      ${row.message}`;
  const flags = flagsOf(row);
  if (flags.length > 0) yield say`      ${flags.join('; ')}`;
  const words = toldWords(row.told);
  yield say`      ${words === '' ? 'nobody was told yet: `quarterdeck alerts why` says why' : `told: ${words}`}`;
}

const waitingLine = ({channel, alert, as, dueMs, attempts, error}: QueuedItem, nowMs: number): Shown => {
  const when = dueMs > nowMs ? ` at ${timestamp(dueMs)}` : '';
  const failed =
    error === undefined ? '' : `, failed ${attempts === 1 ? 'once' : `${attempts} times`}: ${error}`;
  return say`queued${when}: ${as} of ${alert} to ${channel}${failed}`;
};

export const alerts = defineCommand({
  name: 'alerts',
  summary:
    'what fires now, since when, who took it, who was told, what is silenced and what is still to be told',
  options: [jsonOption],
  examples: [{line: 'quarterdeck alerts', does: 'the gravest first'}],
  input: z.strictObject({args: z.array(z.string()).max(0), json: z.boolean().default(false)}),
  run: async ({json}, context) => {
    const site = await context.site();
    const outbox = await context.outbox();
    const telemetry = await context.telemetry();
    const nowMs = context.clock.nowMs();
    return reading(context, async ledger => {
      const {talk} = context;
      const book = await bookIn(ledger);
      const scene = {book, recurring: site.maintenance ?? [], items: outbox.items(), nowMs};
      const findings = findingsOf(statesOf(site, await telemetry.lastLooks(), nowMs), site.services, nowMs);
      const held = heldFindings(findings, scene);
      const waiting = waitingIn(scene.items);
      const silences = silencesNow(book, nowMs);
      const off = alertsOff(site);
      const problems = [...(site.alerts?.problems ?? []), outbox.problem ?? ''].filter(Boolean);
      const rows = await Promise.all(
        standings(scene).map(async standing => ({
          ...standing,
          message: await textBeside(ledger, standing.alert.seq, '/body/message'),
        })),
      );
      if (json) {
        talk.json({
          v: 1,
          site: site.name,
          at: timestamp(nowMs),
          ...(off === undefined ? {} : {off}),
          problems,
          alerts: rows.map(rowJson),
          held: held.map(({finding: {key, severity, title}, why}) => ({key, severity, title, why})),
          silences: silences.map(({silence, on, untilMs}) => ({silence, on, until: timestamp(untilMs)})),
          queued: waiting.map(item => ({alert: item.alert, ...itemJson(item), due: timestamp(item.dueMs)})),
        });
        return exit.good;
      }
      if (off !== undefined) talk.err(off);
      for (const problem of problems) talk.err(say`${problem}`);
      if (rows.length === 0) talk.out(show('No alert is open.'));
      for (const line of rows.flatMap(row => [...rowLines(row, nowMs)])) talk.out(line);
      for (const {finding, why} of held) talk.out(say`no alert: ${finding.title}: ${why}`);
      for (const {silence, on, untilMs} of silences)
        talk.out(say`${silence}: ${on.join(', ')} until ${timestamp(untilMs)}`);
      for (const item of waiting) talk.out(waitingLine(item, nowMs));
      return exit.good;
    });
  },
});

/** The channel of that name; throws UNKNOWN_NAME, and SITE_UNTRUSTED for a site that would choose where it leads. */
function channelNamed(name: string, site: Site): string {
  if (site.trust.at !== 'trusted') {
    throw new QdError('SITE_UNTRUSTED', `The site is not trusted: ${site.trust.why}`, {
      hint: 'It would choose who gets what. Look at what changed: quarterdeck site trust',
    });
  }
  const names = (site.alerts?.channels ?? []).map(channel => channel.name);
  if (names.includes(name)) return name;
  throw new QdError('UNKNOWN_NAME', `There is no channel ${name}.${didYouMean(name, names)}`, {
    hint: names.length === 0 ? 'The site names none: section `alerts`.' : `Known: ${names.join(', ')}`,
  });
}

const testNotice = ({clock, random}: CommandContext, {name, environment}: Site): Notice => ({
  id: `test-${Buffer.from(random.bytes(8)).toString('hex')}`,
  about: 'test',
  site: name,
  environment,
  atMs: clock.nowMs(),
  alerts: [],
  repeated: false,
});

export const alertsTest = defineCommand({
  name: 'alerts test',
  summary: 'send a test notice through one channel now, and say what came of it',
  arguments: [{spec: '<channel>', summary: 'its name in the site file'}],
  options: [jsonOption],
  examples: [{line: 'quarterdeck alerts test oncall', does: 'exit status 1 when it was not taken'}],
  input: z.strictObject({
    args: z.array(z.string().min(1)).length(1, 'say which channel'),
    json: z.boolean().default(false),
  }),
  run: async ({args: [name = ''], json}, context) => {
    const site = await context.site();
    const channel = channelNamed(name, site);
    const type = site.alerts?.channels.find(one => one.name === channel)?.type ?? '';
    const ledger = await writableLedger(context);
    const sent = await sendThrough(context, {
      site,
      plan: planOf(site),
      channel,
      notice: testNotice(context, site),
      signal: context.signal,
    });
    const ok = sent.at === 'sent';
    const body = {channel, type, alerts: [], ok, message: sent.message, attempts: 1, test: true};
    recorded(await ledger.append({entries: [{kind: 'alert.sent', body}]}));
    if (json) context.talk.json({v: 1, channel, type, ok, message: sent.message});
    else if (ok) context.talk.out(say`${channel} took it: ${sent.message}`);
    else context.talk.out(say`${channel} did not take it: ${sent.message}`);
    return ok ? exit.good : exit.no;
  },
});
