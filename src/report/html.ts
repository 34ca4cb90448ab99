// report.html: one file without script or anything from outside; whatever comes from the log is escaped, in text only.
import type {Block, Look} from './block.ts';
import type {Detail} from './details.ts';
import * as page from './page.ts';
import {markOfWord, type Marked, type Part} from './sentence.ts';
import {style, styleHash} from './style.ts';
import {count} from './text.ts';
import type {RunTotal, Totals} from './totals.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text in element content. No value of the log ever stands in an attribute, but for numbers. */
const esc = (text: string): string => text.replace(/[&<>"']/g, found => entities[found] ?? '');

const ours = (text: string): string => esc(text).replace(/`([^`]*)`/g, '<code>$1</code>');
const marked = ({tone, glyph, word}: Marked): string => `<span class="m ${tone}">${glyph} ${word}</span>`;
const parted = (parts: readonly Part[]): string =>
  parts.map(part => ('text' in part ? esc(part.text) : `<b>${esc(part.value)}</b>`)).join('');

/** A link to an entry, when it is on this page. */
const link = (input: page.DerivedInput, seq: number, text: string): string =>
  page.hasTimeline(input) && page.isInside(input, seq) ? `<a href="#e${seq}">${text}</a>` : text;

const pre = (lines: readonly string[]): string =>
  `<pre>${lines.map(line => `${esc(line)}\n`).join('')}</pre>`;

const blocked = ({first, left, last}: Block): string =>
  pre(first) + (left > 0 ? `<p class="left">(${count(left, 'line')} left out)</p>${pre(last)}` : '');

/** Labels of values that are set in a fixed width. */
const fixed = new Set(['command', 'output', 'request']);

function looked(input: page.DerivedInput, {label, look, folded, entry, erased}: Detail): string {
  if ('line' in look) {
    const text = fixed.has(label) ? `<code>${esc(look.line)}</code>` : esc(look.line);
    const linked = entry === undefined ? text : link(input, entry, text);
    return erased === undefined ? linked : `<span class="x">${linked}</span>`;
  }
  const {block} = look;
  return `<details${folded ? '' : ' open'}><summary>${esc(block.head)}</summary>${blocked(block)}</details>`;
}

const detailed = (input: page.DerivedInput, detail: Detail): string =>
  `<dt>${esc(detail.label)}</dt><dd>${looked(input, detail)}</dd>\n`;

function fact(input: page.DerivedInput, {label, value, code, mark, entries}: page.Fact): string {
  const text = mark === undefined ? (code ? `<code>${esc(value)}</code>` : esc(value)) : marked(mark);
  const at =
    entries === undefined ? '' : ` (${entries.map(seq => link(input, seq, `#${seq}`)).join(' to ')})`;
  return `<dt>${esc(label)}</dt><dd>${text}${at}</dd>\n`;
}

export const head = (input: page.DerivedInput, facts: readonly page.Fact[]): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Ledger report</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Ledger report</h1>
<dl>
${facts.map(each => fact(input, each)).join('')}</dl>
<div class="caution">
${page.caution.map(text => `<p>${ours(text)}</p>\n`).join('')}</div>
<nav><a href="#runs">Runs</a><a href="#timeline">Timeline</a><a href="#totals">Totals</a></nav>
`;

export const runsHead = (some: boolean): string =>
  `<h2 id="runs">Runs</h2>\n${some ? '' : `<p>${page.noRuns}</p>\n`}`;

export const runOf = (input: page.DerivedInput, run: RunTotal): string =>
  `<section class="run" id="r${run.number}">
<h3>Run ${run.number}: <code>${esc(run.id)}</code></h3>
<dl>
${page
  .runFacts(run, markOfWord)
  .map(each => fact(input, each))
  .join('')}</dl>
</section>
`;

export const timelineHead = (some: boolean): string =>
  `<h2 id="timeline">Timeline</h2>\n${some ? '' : `<p>${page.noTimeline}</p>\n`}`;

export const dayOf = (day: string): string => `<h3 class="day">${esc(day)}</h3>\n`;

export function entryOf(input: page.DerivedInput, view: page.EntryView): string {
  const {seq, time, operator, via, run, mark, sentence, details, bare} = view;
  const small = details.filter(({minor}) => minor);
  const main = details.filter(({minor}) => !minor);
  const on = run === undefined ? '' : ` · <a href="#r${run.number}">run ${run.number}</a>`;
  return [
    `<article class="e${mark === undefined ? '' : ` ${mark.tone}`}" id="e${seq}">\n`,
    `<div class="w"><a class="n" href="#e${seq}">#${seq}</a><time>${esc(time)}</time></div>\n`,
    `<div>\n<p class="s">${mark === undefined ? '' : marked(mark)}${parted(sentence.parts)}</p>\n`,
    `<p class="o"><b>${esc(operator)}</b> via ${esc(via)}${on}</p>\n`,
    bare ? `<p class="x">${page.bareNote}</p>\n` : '',
    bare || main.length === 0 ? '' : `<dl>\n${main.map(each => detailed(input, each)).join('')}</dl>\n`,
    bare || small.length === 0 ? '' : `<p class="f">${small.map(each => chip(input, each)).join(' ')}</p>\n`,
    '</div>\n</article>\n',
  ].join('');
}

const lineOf = (look: Look): string => ('line' in look ? look.line : '');

function chip(input: page.DerivedInput, {label, look, entry}: Detail): string {
  const text = `<code>${esc(lineOf(look))}</code>`;
  return `<span>${esc(label)} ${entry === undefined ? text : link(input, entry, text)}</span>`;
}

export function totalsOf(totals: Totals): string {
  const tables = page.totalTables(totals).map(({heading, rows}) => {
    const lines = rows.map(([name, number]) => `<tr><td>${esc(name)}</td><td>${number}</td></tr>\n`).join('');
    return `<section>\n<h3>${heading}</h3>\n${lines === '' ? '<p>none</p>\n' : `<table>\n${lines}</table>\n`}</section>\n`;
  });
  return `<h2 id="totals">Totals</h2>\n<div class="totals">\n${tables.join('')}</div>\n</main>\n</body>\n</html>\n`;
}
