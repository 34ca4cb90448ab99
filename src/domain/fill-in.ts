// A plan with the values of the run: what is really done. Shell text is left alone, for it has its values as variables.
import type {CollectItem, StepAct} from './step-act.ts';
import {inBody, inHeader, inPromql, inSql, inUrl, pieces, type Filled, type Fills} from './fill-text.ts';
import type {Values} from './variables.ts';

/** What this needs of a StepPlan. */
export interface Fillable {
  readonly act: StepAct;
  readonly lines: readonly string[];
  readonly needs?: readonly string[];
  readonly plain?: readonly string[];
  readonly fills?: Fills;
}

export type FilledIn =
  /** `act` and `lines` as they are executed, shown and judged. */
  | {readonly at: 'filled'; readonly act: StepAct; readonly lines: readonly string[]}
  | {readonly at: 'missing'; readonly names: readonly string[]; readonly problem: string}
  | {readonly at: 'refused'; readonly name?: string; readonly problem: string};

/** Made of characters that no shell, and hardly any language, reads as anything but themselves. */
export const isPlain = (value: string): boolean => /^[A-Za-z0-9_@%+=:,./-]+$/.test(value);

/** The act with every value in its place, or why it cannot be done. */
export function filledIn(plan: Fillable, values: Values): FilledIn {
  const {fills = {}, needs = [], plain = []} = plan;
  const names = [...new Set([...needs, ...Object.values(fills)])].filter(name => !values.has(name));
  if (names.length > 0) {
    const verb = names.length === 1 ? 'has' : 'have';
    return {at: 'missing', names, problem: `${names.join(', ')} ${verb} no value yet`};
  }
  const wild = plain.find(name => values.has(name) && !isPlain(values.get(name) ?? ''));
  if (wild !== undefined) {
    const why = 'a second shell or another language reads it here';
    return {
      at: 'refused',
      name: wild,
      problem: `the value of ${wild} may only hold letters, digits and _ @ % + = : , . / - because ${why}`,
    };
  }
  const done = Object.keys(fills).length === 0 ? plan : actWith(plan, fills, values);
  if ('problem' in done) return {at: 'refused', problem: done.problem};
  return {at: 'filled', act: done.act, lines: done.lines};
}

type Done = Pick<Fillable, 'act' | 'lines'> | {readonly problem: string};

function actWith({act, lines}: Fillable, fills: Fills, values: Values): Done {
  switch (act.at) {
    case 'http':
      return requestWith(act, fills, values);
    case 'sql':
    case 'promql': {
      const filled = act.at === 'sql' ? inSql(act.text, fills, values) : inPromql(act.text, fills, values);
      if ('problem' in filled) return filled;
      const query = act.text.split('\n');
      // What the plan shows before the statement, such as the name of the source, stays.
      const head = lines.slice(0, Math.max(0, lines.length - query.length));
      return {act: {...act, text: filled.text}, lines: [...head, ...filled.text.split('\n')]};
    }
    case 'collect':
      return itemsWith(act.items, fills, values);
    case 'command':
    case 'terminal':
    case 'look':
    case 'pause':
    case 'gate':
    case 'input':
    case 'attest':
    case 'person':
      return {act, lines};
  }
}

function requestWith(act: StepAct & {at: 'http'}, fills: Fills, values: Values): Done {
  const url = inUrl(act.url, fills, values);
  if ('problem' in url) return url;
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(act.headers)) {
    const header = inHeader(text, fills, values);
    if ('problem' in header) return header;
    headers[name] = header.text;
  }
  const body: Filled | undefined =
    act.body === undefined ? undefined : inBody(act.body, act.headers['content-type'], fills, values);
  if (body !== undefined && 'problem' in body) return body;
  const lines = [
    `${act.method} ${url.text}`,
    ...Object.entries(headers).map(([name, text]) => `${name}: ${text}`),
    ...(body === undefined ? [] : ['', ...body.text.split('\n')]),
  ];
  return {act: {...act, url: url.text, headers, ...(body === undefined ? {} : {body: body.text})}, lines};
}

function itemsWith(items: readonly CollectItem[], fills: Fills, values: Values): Done {
  const out: CollectItem[] = [];
  for (const item of items) {
    if (item.at === 'command') out.push(item);
    else if (item.at === 'url') {
      const url = inUrl(item.url, fills, values);
      if ('problem' in url) return url;
      out.push({at: 'url', url: url.text});
    } else {
      const path = pieces(item.path, fills, values)
        .map(piece => ('text' in piece ? piece.text : piece.value))
        .join('');
      if (path.split('/').includes('..')) return {problem: `"${path}" leads out of its folder`};
      out.push({at: 'file', path});
    }
  }
  return {act: {at: 'collect', items: out}, lines: out.map(collectLine)};
}

/** An item as it is shown. */
export function collectLine(item: CollectItem): string {
  switch (item.at) {
    case 'file':
      return `file: ${item.path}`;
    case 'command':
      return `run: ${item.text}`;
    case 'url':
      return `url: ${item.url}`;
  }
}
