// `site show`: the site as it was understood, with every default filled in.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {placeOf, type Anchor} from '../domain/anchor.ts';
import {exit} from '../domain/error.ts';
import {say, type Shown} from '../domain/show.ts';
import type {CheckSpec, Site} from '../domain/site.ts';
import {duration} from '../domain/duration.ts';

export const siteShow = defineCommand({
  name: 'site show',
  summary: 'show the site: services, checks, trust',
  options: [{flags: '--json', summary: 'as JSON'}],
  examples: [
    {line: 'quarterdeck site show', does: 'what is watched here'},
    {line: 'quarterdeck site show --json', does: 'the same for a script'},
  ],
  input: z.strictObject({args: z.array(z.string()).max(0), json: z.boolean().optional()}),
  run: async ({json}, context) => {
    const site = await context.site();
    if (json === true) context.talk.json({v: 1, ...site});
    else for (const line of linesOf(site)) context.talk.out(line);
    return exit.good;
  },
});

function linesOf(site: Site): Shown[] {
  return [
    say`${site.name} (${site.environment})`,
    say`  file    ${site.file}`,
    say`  trust   ${trustOf(site)}`,
    ...site.escalation.map(
      ({who, phone, when}) =>
        say`  call    ${[who, phone, when === undefined ? undefined : `for ${when}`].filter(Boolean).join(', ')}`,
    ),
    ...(site.anchors ?? []).map(anchorLine),
    ...runningLines(site),
    ...site.services.flatMap(({id, title, owner, labels, runbooks, checks}) => [
      say``,
      say`${id}: ${title}${owner === undefined ? '' : ` (${owner})`}`,
      ...(labels.length === 0 ? [] : [say`  labels    ${labels.join(', ')}`]),
      ...(runbooks.length === 0 ? [] : [say`  runbooks  ${runbooks.join(', ')}`]),
      ...checks.map(check => checkLine(check, checks)),
      ...(checks.length === 0 ? [say`  no checks: its state is unknown`] : []),
    ]),
  ];
}

const anchorLine = (anchor: Anchor): Shown =>
  say`  anchor  ${anchor.name}: ${anchor.type} ${placeOf(anchor)} (${anchor.offHost ? 'another machine' : 'this machine'})`;

/** Where steps run and ask, and what must be well. */
const runningLines = ({hosts = {}, runAs = {}, sources = [], gates = [], phases = {}}: Site): Shown[] => [
  ...Object.entries(hosts).map(([name, {ssh}]) => say`  host    ${name}: ssh ${ssh}`),
  ...Object.entries(runAs).map(([host, account]) => say`  run as  ${account} on ${host}`),
  ...sources.map(
    source =>
      say`  source  ${source.name}: ${source.type} ${source.type === 'sqlite' ? source.path : source.url}`,
  ),
  ...gates.map(
    ({name, title, checks}) =>
      say`  gate    ${name}${title === name ? '' : ` (${title})`}: ${checks.join(', ')}`,
  ),
  ...Object.entries(phases).map(([phase, words]) => say`  phase   ${phase}: also ${words.join(', ')}`),
];

function checkLine(
  {id, type, panel, everyMs, timeoutMs, severity, rollup}: CheckSpec,
  all: readonly CheckSpec[],
): Shown {
  const width = Math.max(...all.map(check => check.id.length));
  const timing = `every ${duration(everyMs)}, at most ${duration(timeoutMs)}`;
  return say`  ${id.padEnd(width)}  ${panel.padEnd(9)}  ${type.padEnd(11)}  ${timing}, ${severity}${rollup ? '' : ', not rolled up'}`;
}

function trustOf({trust}: Site): string {
  return trust.at === 'trusted' ? 'trusted' : `read-only: ${trust.why} (\`quarterdeck site trust\`)`;
}
