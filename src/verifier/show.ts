// The verdict on the page. Text only: nothing from a bundle ever becomes markup.
import type {Finding} from '../domain/evidence.ts';
import {meanings} from './words.ts';

type Child = HTMLElement | string;

function el(name: string, className: string, ...children: Child[]): HTMLElement {
  const node = document.createElement(name);
  if (className !== '') node.className = className;
  node.append(...children);
  return node;
}

const thousands = (n: number): string => String(n).replaceAll(/\B(?=(\d{3})+$)/g, ',');

function row(name: string, value: string): HTMLElement {
  return el('div', 'row', el('dt', '', name), el('dd', '', value));
}

const sources = {
  given: 'the key that you gave',
  bundle: 'the key inside the bundle: compare it with one that you got elsewhere',
  directory: 'the key beside the log',
} as const;

export function verdictOf({report, proof}: Finding): HTMLElement {
  const {verdict, verified, failure_reason: reason, failure_index: index} = report;
  const {mark, title, text} = meanings[verdict];
  const box = el(
    'section',
    verified ? 'verdict good' : 'verdict bad',
    el('h2', '', el('span', 'mark', mark), ` ${title}`),
    el('p', '', text),
  );
  if (reason !== null) box.append(el('p', 'reason', `${reason}.`));
  if (index !== null) box.append(el('p', 'reason', `First at entry ${thousands(index)}.`));
  const {entries, checkpointed, redacted, head, key, witnessed} = report;
  box.append(
    el(
      'dl',
      '',
      row('entries', thousands(entries)),
      row('signed up to', thousands(checkpointed)),
      ...(redacted > 0 ? [row('erased values', `${thousands(redacted)}, each as an entry says`)] : []),
      row('head', `${thousands(head.size)} · ${head.root}`),
      row('key', `${key.id}, ${sources[key.source]}`),
      ...(witnessed === null
        ? []
        : [row('carried elsewhere', `${thousands(witnessed.size)} to ${witnessed.where}, ${witnessed.at}`)]),
    ),
  );
  if (proof !== undefined) box.append(...proof.map(note => el('pre', '', note)));
  box.append(
    el('h3', '', 'What this does not prove'),
    el('ul', '', ...report.not_proved.map(line => el('li', '', line))),
  );
  const json = el('pre', '', JSON.stringify(report, null, 2));
  json.id = 'json';
  box.append(el('details', '', el('summary', '', 'The answer as JSON'), json));
  return box;
}

export function trouble(text: string): HTMLElement {
  return el(
    'section',
    'verdict bad',
    el('h2', '', el('span', 'mark', '✖'), ' Cannot be verified'),
    el('p', '', text),
  );
}

export function progress(done: number, total: number): HTMLElement {
  const bar = document.createElement('progress');
  bar.max = Math.max(1, total);
  bar.value = done;
  return el(
    'section',
    'verdict',
    el('p', '', `Reading entry ${thousands(done)} of ${thousands(total)} …`),
    bar,
  );
}
