// docs/alerts.md: its site is read, its commands run, and its words are those of the program.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {checks} from '../../checks/index.ts';
import {channels} from '../../src/channels/index.ts';
import {defaultPlan} from '../../src/domain/alert-plan.ts';
import type {Site} from '../../src/domain/site.ts';
import {evaluateSlos} from '../../src/engine/slo/index.ts';
import {parseSite} from '../../src/site/parse.ts';
import {resolveSite} from '../../src/site/resolve.ts';
import {root} from '../helpers/programs.ts';
import {hook, place, said} from './alert-place.ts';

const page = readFileSync(join(root, 'docs/alerts.md'), 'utf8');
const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];

function siteOfPage(): Omit<Site, 'dir' | 'file' | 'hashes' | 'trust'> {
  const read = resolveSite(parseSite(new TextEncoder().encode(text)), {
    checks,
    channels,
    runbookIds: new Set(['restart']),
    defaults: {strikesToFail: 2, everyMs: undefined},
  });
  if (!read.ok) throw new Error(read.problems.map(({line, message}) => `${line}: ${message}`).join('\n'));
  return read.site;
}

test('the site is read as the page tells it', () => {
  const {alerts, maintenance} = siteOfPage();
  expect(alerts?.channels.map(({type}) => type)).toEqual(['webhook', 'pagerduty', 'slack', 'email', 'bell']);
  expect(alerts?.routes.map(({digest}) => digest)).toEqual([undefined, false, undefined]);
  expect(alerts?.group).toEqual({by: 'service', waitMs: 30_000, intervalMs: 300_000, repeatMs: 14_400_000});
  expect(maintenance).toHaveLength(1);
});

test('every channel has its place on the page, and every reason why nothing arrives', () => {
  for (const {type} of channels) expect(page).toContain(`\`${type}\``);
});

/** The words of a command line; what is in quotes is one. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

/** The site of the page, trusted, with one channel that leads nowhere: nothing is sent to addresses of an example. */
function trusted(): Site {
  const {alerts, ...rest} = siteOfPage();
  return {
    ...rest,
    dir: '/srv/site',
    file: '/srv/site/quarterdeck.yaml',
    hashes: {'quarterdeck.yaml': 'h'},
    trust: {at: 'trusted'},
    alerts: {...defaultPlan, ...alerts, channels: [hook('http://127.0.0.1:1/')]},
  };
}

test('every command of the page does what stands beside it', async () => {
  const lines = [...page.matchAll(/^ {4}quarterdeck (.*?)(?:\s{2,}#.*)?$/gm)].map(([, line = '']) => line);
  expect(lines.length).toBeGreaterThan(10);
  const {typed, openAlert, bodies} = await place({site: trusted()});
  await openAlert('alert-1');
  for (const line of lines) {
    const window = (await bodies('maintenance.set')).at(-1)?.['window'];
    const argv = wordsOf(line.replace(/maintenance-\w+/, typeof window === 'string' ? window : ''));
    const ran = await typed(...argv);
    // Nobody runs the monitor here, and nobody listens: that is what those two say.
    const isBroken = line.startsWith('alerts test') || line.startsWith('alerts why');
    expect([line, ran.status, said(ran)]).toEqual([
      line,
      isBroken ? 1 : 0,
      expect.not.stringContaining('unknown'),
    ]);
  }
});

test('what promises say is a link of the chain, too', async () => {
  const site = trusted();
  const {typed, telemetry, clock} = await place({site});
  expect(said(await typed('alerts', 'why', 'api'))).toContain('waits  promise of api: was never evaluated');
  expect(said(await typed('alerts', 'why', 'api/live'))).not.toContain('promise of api');
  await evaluateSlos({site, rollups: telemetry, nowMs: clock.nowMs(), excluded: () => false});
  expect(said(await typed('alerts', 'why', 'label:edge'))).toContain(
    'ok     promise of api: evaluated 0s ago: nothing of it fires',
  );
});
