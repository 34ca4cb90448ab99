// A code block → what it is: a command, an HTTP request, output of the command before, or text to show.
import type {Code} from '../markdown/index.ts';
import type {Effect} from '../domain/runbook.ts';
import {readAnnotation} from './attributes.ts';
import type {Annotation} from './attributes.ts';
import {guessEffect, looksLikeCommand} from './commands.ts';
import {looksLikeOutput, readTranscript} from './console.ts';
import type {Transcript} from './console.ts';
import type {Draft, Source} from './draft.ts';
import {readFence} from './markdown.ts';
import type {FenceInfo} from './markdown.ts';
import {opensTerminal} from './terminal.ts';

export type Fence =
  | {readonly at: 'step'; readonly step: Draft}
  | {readonly at: 'output'; readonly text: string}
  | {readonly at: 'shown'; readonly text: string; readonly lang: string};

/** Languages whose blocks are typed into a shell. */
const shells = new Set(
  'sh bash shell zsh console shell-session shellsession terminal ksh sh-session bash-session shell-script'.split(
    ' ',
  ),
);
/** Languages whose blocks hold a session: commands and what they printed. */
const sessions = new Set('console shell-session shellsession terminal sh-session bash-session'.split(' '));
const readMethods = ['GET', 'HEAD', 'OPTIONS'];

/** A paragraph that introduces what a command printed, not what to type. */
export const introducesOutput = (text: string): boolean =>
  /\b(?:example|sample|expected|typical|possible)\s+(?:\w+\s+)?(?:outputs?|responses?|results?)\b|^outputs?\b|\boutput\s*(?:is|will be|should|looks?|would|:|$)|\blooks?\s+(?:something\s+)?(?:like|similar)|\bsimilar to\b|\b(?:should|will|would|you['’]ll)\s+(?:see|return|show|print|look|display|respond|output)\b|\b(?:returns|prints|shows|displays|yields|responds with)\s*:?\s*$|\b(?:following|these)\s+(?:errors?|messages?|outputs?|log (?:lines?|entries|messages?)|alerts?|events?)\b|^(?:ausgabe|erwartete ausgabe|sortie|salida|saída|出力|输出)/i.test(
    text,
  ) &&
  !/\b(?:run|running|execute|executing|use|using|type|enter|issue|with)\s+(?:the\s+|one of the\s+)?(?:following|this|these)?\s*(?:\w+\s+)?(?:commands?|script|query|one-liner)\b[^.]*:?$/i.test(
    text,
  );

/** The first line of an HTTP fence as method and URL, or undefined. */
export function requestLine(text: string): {readonly method: string; readonly url: string} | undefined {
  const [first = ''] = text.split('\n', 1);
  const found = /^([A-Z]{3,10})\s+(\S+)(?:\s+HTTP\/[\d.]+)?\s*$/.exec(first);
  return found?.[1] === undefined || found[2] === undefined ? undefined : {method: found[1], url: found[2]};
}

/** What a block is without regard to the paragraph before it: read once, for it is asked for more than once. */
interface Reading {
  readonly info: FenceInfo;
  readonly annotation: Annotation | undefined;
  readonly problems: Source['problems'];
  readonly kind:
    | {readonly at: 'step'; readonly step: Draft; readonly sure: boolean; readonly shell: boolean}
    | {readonly at: 'output'}
    | {readonly at: 'shown'};
}

/** Reads a code block; `intro` is the paragraph before it. Problems found on the way go to `source.problems`. */
export function readCode(node: Code, intro: string, source: Source): Fence {
  const known = source.codes.get(node);
  const reading = known ?? readBlock(node);
  if (known === undefined) {
    source.codes.set(node, reading);
  }
  if (!source.quiet && !source.told.has(node)) {
    source.told.add(node);
    source.problems.push(...reading.problems);
  }
  const {kind, info} = reading;
  const output = {at: 'output', text: node.value} as const;
  if (kind.at === 'step') {
    if (kind.shell && !kind.sure && introducesOutput(intro)) return output;
    return {at: 'step', step: {...kind.step, detail: [], children: []}};
  }
  if (
    kind.at === 'output' ||
    (info.fenced && !['http', 'sql', 'promql'].includes(info.lang) && introducesOutput(intro))
  )
    return output;
  return {at: 'shown', text: node.value, lang: info.lang};
}

function readBlock(node: Code): Reading {
  const line = node.line;
  const outer = readFence(node);
  // A fence indented by four is code to Markdown, marks and all; its author meant a fence.
  const inner = outer.fenced ? undefined : fenceInside(node.value);
  const info = inner === undefined ? outer : {...outer, lang: inner.lang};
  const value = inner?.text ?? node.value;
  const problems: Source['problems'] = [];
  const note = (code: string, level: 'error' | 'warning', message: string): void => {
    problems.push({code, line, level, message});
  };
  if (!info.closed)
    note(
      'unbalanced-fence',
      'error',
      'This code fence is never closed; what follows it may have been swallowed.',
    );
  const json = /^\{\s*["}]/.test(info.meta) ? info.meta : undefined;
  const annotation = json === undefined ? undefined : readAnnotation(json, line, problems);
  const attributes = annotation?.attributes ?? {};
  const step = (type: string, text: string, guess: Effect, transcript?: Transcript): Draft => ({
    type: attributes.type ?? type,
    title: attributes.title ?? '',
    line,
    ...(info.lang === '' ? {} : {lang: info.lang}),
    command: text,
    ...(transcript?.output === undefined ? {} : {expectedOutput: transcript.output}),
    effect: attributes.effect ?? guess,
    certainty: annotation === undefined ? 'guessed' : 'annotated',
    detail: [],
    attributes,
    children: [],
  });
  const base = {info, annotation, problems};
  const sureStep = (made: Draft): Reading => ({
    ...base,
    kind: {at: 'step', step: made, sure: true, shell: false},
  });
  const shown: Reading = {...base, kind: {at: 'shown'}};

  if (info.lang === 'http') {
    const request = requestLine(value);
    if (request !== undefined)
      return sureStep(step('http', value, readMethods.includes(request.method) ? 'read' : 'write'));
    if (annotation !== undefined || !/^HTTP\//.test(value))
      note(
        'http-request',
        'error',
        'An http block must begin with a method and a URL, such as "GET http://127.0.0.1:8080/ready".',
      );
    return shown;
  }
  if (info.lang === 'sql' || info.lang === 'promql') {
    const named = attributes.source ?? attributes.target ?? attributes.type;
    return named === undefined ? shown : sureStep(step(info.lang, value, guessQuery(info.lang, value)));
  }
  // An annotation with a type of its own makes a step of any block: `yaml {"type":"collect"}`.
  if (!shells.has(info.lang) && info.lang !== '')
    return attributes.type === undefined ? shown : sureStep(step(attributes.type, value, 'write'));

  const transcript = readTranscript(value, info.lang);
  const sure = annotation !== undefined || transcript.prompted;
  if (transcript.command.trim() === '' || onlyComments(transcript.command)) return shown;
  const looks = looksLikeCommand(transcript.command);
  if (!sure && looksLikeOutput(transcript.command))
    return {...base, kind: {at: info.fenced ? 'output' : 'shown'}};
  // Without a language, or in a session without a prompt, only the words can tell a command from what it printed.
  if (!sure && !looks && (info.lang === '' || sessions.has(info.lang))) return shown;
  const type = opensTerminal(transcript.command) ? 'terminal' : 'command';
  return {
    ...base,
    kind: {
      at: 'step',
      step: step(type, transcript.command, guessEffect(transcript.command), transcript),
      sure,
      shell: true,
    },
  };
}

/** The block that stands, marks and all, inside indented code. */
function fenceInside(text: string): {readonly lang: string; readonly text: string} | undefined {
  const [first = '', ...rest] = text.split('\n');
  const found = /^(`{3,}|~{3,})\s*([\w-]*)\s*$/.exec(first);
  if (found?.[1] === undefined) return undefined;
  const mark = found[1];
  const end = rest.findIndex(line => line.trim().startsWith(mark));
  return {
    lang: (found[2] ?? '').toLowerCase(),
    text: rest
      .slice(0, end < 0 ? rest.length : end)
      .join('\n')
      .trimEnd(),
  };
}

const onlyComments = (text: string): boolean =>
  text.split('\n').every(line => line.trim() === '' || line.trimStart().startsWith('#'));

/** A query reads when its first word only looks and nothing follows it; the data source enforces that later. */
const guessQuery = (lang: string, text: string): Effect =>
  lang === 'promql' ||
  /^\s*(?:--[^\n]*\n\s*)*(?:select|show|explain(?!\s+analy[sz]e)|values|table)\b[^;]*;?\s*$/i.test(text)
    ? 'read'
    : 'write';

export type CodeReadings = WeakMap<Code, Reading>;
