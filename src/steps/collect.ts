// Evidence, taken in the order in which it is written, each piece with its hash.
import type {CollectItem, StepPlan, StepSetting} from '../define.ts';
import {collectLine} from '../domain/fill-in.ts';
import type {Step} from '../domain/runbook.ts';
import {carriedOutAt} from './carried.ts';
import {openText} from './open-text.ts';
import {shellScript} from './script.ts';
import {stepType} from './step-type.ts';

type Named = Pick<StepPlan, 'uses' | 'needs' | 'plain' | 'fills'>;
type Read = {readonly item: CollectItem; readonly named: Named} | {readonly problem: string};

/** What is to be collected: lines of the fence, else nested items. */
function linesOf({command, detail, children}: Step): readonly string[] {
  if (command !== undefined)
    return command
      .split('\n')
      .map(each => each.trim())
      .filter(each => each !== '' && !each.startsWith('#'));
  const bullets = detail
    .flatMap(each => each.split('\n'))
    .filter(each => each.startsWith('- '))
    .map(each => each.slice(2));
  return [
    ...bullets,
    ...children.map(({title, command: text}) => (isItem(title) ? title : (text ?? title))),
  ].map(each => each.trim());
}

const isItem = (text: string): boolean => /^(?:file|run|url):/.test(text);

function readItem(line: string, setting: StepSetting): Read {
  const [, kind, rest = ''] = /^(file|run|url):\s*(.*)$/.exec(line.replace(/^- /, '')) ?? [];
  const what = rest.replace(/^`(.*)`$/, '$1');
  if (kind === undefined || what === '')
    return {problem: `"${line}" must be \`file: /path\`, \`run: command\` or \`url: https://…\``};
  if (what.includes('\0')) return {problem: `"${line}" holds a NUL character`};
  if (kind === 'run') {
    const script = shellScript(what, setting);
    if ('problem' in script) return script;
    const {argv, lines, ...named} = script;
    return {item: {at: 'command', argv, text: lines.join('\n')}, named};
  }
  const open = openText(what, setting);
  if ('problem' in open) return open;
  const {text, ...named} = open;
  if (kind === 'file')
    return text.startsWith('/')
      ? {item: {at: 'file', path: text}, named}
      : {problem: `"${what}" is no absolute path`};
  const isUrl = /^https?:/.test(text) && URL.canParse(text.replaceAll(/<[A-Z][A-Z0-9_]*>/g, '1'));
  return isUrl
    ? {item: {at: 'url', url: text}, named}
    : {problem: `"${what}" is no absolute http or https URL`};
}

/** How soon it is gone: what is in memory, then what is in volatile folders, then logs, then the rest. */
function lasts(line: string): number {
  const [, kind, what = ''] = /^(file|run|url):\s*(.*)$/.exec(line) ?? [];
  if (kind !== 'file') return 0;
  if (/^\/(?:proc|sys|run|dev|tmp|var\/(?:run|tmp))\//.test(what)) return 1;
  return what.startsWith('/var/log/') ? 2 : 3;
}

export const collect = stepType({
  type: 'collect',
  summary:
    'Takes evidence (files, output of commands, answers of addresses), each with its hash, in the order written',
  by: 'runner',
  attributes: ['on', 'run-as', 'timeout', 'grace', 'at-limit', 'on-disconnect', 'login', 'max-output'],
  example: `1. Keep what will be gone after the restart.

   \`\`\`sh {"type":"collect","effect":"read","max-output":"50MB"}
   run: ps aux
   url: http://127.0.0.1:8080/metrics
   file: /var/log/<service>.log
   \`\`\`
`,
  plan: (step, setting) => {
    const lines = linesOf(step);
    if (lines.length === 0)
      return {
        problem: 'it names nothing to collect: `file: /path`, `run: command` or `url: https://…`, one a line',
      };
    const items: CollectItem[] = [];
    const named: Named[] = [];
    for (const line of lines) {
      const read = readItem(line, setting);
      if ('problem' in read) return read;
      items.push(read.item);
      named.push(read.named);
    }
    const carried = carriedOutAt(step, setting);
    if ('problem' in carried) return carried;
    const far = items.find(({at}) => at === 'url');
    if (carried.on !== undefined && far !== undefined)
      return {
        problem: `"on": an address is asked from this machine; write \`run: curl …\` for ${collectLine(far)}`,
      };
    return {act: {at: 'collect', items}, lines: items.map(collectLine), ...together(named), ...carried};
  },
  hints: step => {
    const lines = linesOf(step);
    const late = lines.find((line, i) => lines.slice(0, i).some(before => lasts(before) > lasts(line)));
    return late === undefined
      ? []
      : [`"${late}" is gone sooner than what is collected before it; the most volatile should come first`];
  },
});

/** The names of all items. */
function together(named: readonly Named[]): Named {
  const all = (key: 'uses' | 'needs' | 'plain'): readonly string[] => [
    ...new Set(named.flatMap(each => each[key] ?? [])),
  ];
  const fills = Object.fromEntries(named.flatMap(each => Object.entries(each.fills ?? {})));
  return {
    ...(all('uses').length === 0 ? {} : {uses: all('uses')}),
    ...(all('needs').length === 0 ? {} : {needs: all('needs')}),
    ...(all('plain').length === 0 ? {} : {plain: all('plain')}),
    ...(Object.keys(fills).length === 0 ? {} : {fills}),
  };
}
