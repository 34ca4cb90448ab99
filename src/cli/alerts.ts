// `alerts`: what is open and who was told of it; `alerts test`: one notice through one channel, now.
import {z} from 'zod';
import {defineCommand, type CommandContext} from '../define.ts';
import type {QueuedItem} from '../alert-ports.ts';
import {silenceOn, type Alert, type AlertBook} from '../domain/alert.ts';
import {exit, QdError} from '../domain/error.ts';
import {maintenanceOn} from '../domain/maintenance.ts';
import {didYouMean} from '../domain/nearest.ts';
import {lasted, type Notice} from '../domain/notice.ts';
import {say, show, type Shown} from '../domain/show.ts';
import type {Site} from '../domain/site.ts';
import {timestamp} from '../domain/time.ts';
import {inOrder} from '../engine/alerts/index.ts';
import {recorded} from '../evidence/recorded.ts';
import {planOf, sendThrough} from './alerting.ts';
import {bookIn, reading, textBeside} from './alert-scope.ts';
import {writableLedger} from './erasing.ts';

const jsonOption = {flags: '--json', summary: 'as JSON'};

/** What keeps an open alert from being told again. */
function flagsOf(
  alert: Alert,
  book: AlertBook,
  {site, nowMs}: {readonly site: Site; readonly nowMs: number},
): string[] {
  const window = maintenanceOn({set: book.windows, recurring: site.maintenance ?? []}, alert, nowMs);
  const silence = silenceOn(book, alert, nowMs);
  return [
    ...(alert.acked === undefined ? [] : [`acked by ${alert.acked.operator}`]),
    ...(silence === undefined ? [] : [`silenced until ${timestamp(silence.untilMs)}`]),
    ...(window === undefined ? [] : [`maintenance until ${timestamp(window.untilMs)}`]),
  ];
}

const toldWords = (items: readonly QueuedItem[]): string =>
  items
    .filter(({as}) => as === 'firing')
    .map(({channel, at, error}) => `${channel} ${at}${error === undefined ? '' : ` (${error})`}`)
    .join(', ');

/** Why nobody can be told anything; undefined when somebody can. */
function offWords({trust, alerts}: Site): Shown | undefined {
  if (trust.at !== 'trusted') return say`alerting off: the site is not trusted (\`quarterdeck site trust\`)`;
  if ((alerts?.channels ?? []).length === 0) return say`alerting off: the site names no channel`;
  return undefined;
}

export const alerts = defineCommand({
  name: 'alerts',
  summary: 'what fires now, since when, who took it, and who was told',
  options: [jsonOption],
  examples: [{line: 'quarterdeck alerts', does: 'the gravest first'}],
  input: z.strictObject({args: z.array(z.string()).max(0), json: z.boolean().default(false)}),
  run: async ({json}, context) => {
    const site = await context.site();
    const outbox = await context.outbox();
    const nowMs = context.clock.nowMs();
    return reading(context, async ledger => {
      const {talk} = context;
      const book = await bookIn(ledger);
      const items = outbox.items();
      const off = offWords(site);
      const rows = await Promise.all(
        inOrder(book).map(async alert => ({
          alert,
          flags: flagsOf(alert, book, {site, nowMs}),
          message: await textBeside(ledger, alert.seq, '/body/message'),
          told: items.filter(item => item.alert === alert.alert),
        })),
      );
      if (json) {
        talk.json({
          v: 1,
          site: site.name,
          at: timestamp(nowMs),
          ...(off === undefined ? {} : {off}),
          problems: site.alerts?.problems ?? [],
          alerts: rows.map(
            ({alert: {alert, key, severity, title, sinceMs, acked}, flags, message, told}) => ({
              alert,
              key,
              severity,
              title,
              since: timestamp(sinceMs),
              ...(acked === undefined ? {} : {acknowledgedBy: acked.operator}),
              ...(message === undefined ? {} : {message}),
              flags,
              told: told.map(({channel, as, at, attempts, error}) => ({
                channel,
                as,
                at,
                attempts,
                ...(error === undefined ? {} : {error}),
              })),
            }),
          ),
        });
        return exit.good;
      }
      if (off !== undefined) talk.err(off);
      for (const problem of [...(site.alerts?.problems ?? []), outbox.problem ?? ''].filter(Boolean))
        talk.err(say`${problem}`);
      if (rows.length === 0) talk.out(show('No alert is open.'));
      for (const {alert, flags, message, told} of rows) {
        talk.out(say`${alert.severity}  ${alert.title}  for ${lasted(nowMs - alert.sinceMs)}`);
        if (message !== undefined) talk.out(say`      ${message}`);
        if (flags.length > 0) talk.out(say`      ${flags.join('; ')}`);
        const words = toldWords(told);
        talk.out(
          say`      ${words === '' ? 'nobody was told yet: `quarterdeck alerts why` says why' : `told: ${words}`}`,
        );
      }
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

async function testNotice(context: CommandContext, site: Site): Promise<Notice> {
  return Promise.resolve({
    id: `test-${Buffer.from(context.random.bytes(8)).toString('hex')}`,
    about: 'test',
    site: site.name,
    environment: site.environment,
    atMs: context.clock.nowMs(),
    alerts: [],
    repeated: false,
  });
}

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
      notice: await testNotice(context, site),
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
