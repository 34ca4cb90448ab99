// A code block → what it is: a command, an HTTP request, output of the command before, or text to show.
import type {Code} from 'mdast';
import type {StepAttributes} from '../domain/runbook.ts';
import {readAnnotation} from './attributes.ts';
import {guessEffect, looksLikeCommand, opensTerminal} from './commands.ts';
import {readTranscript} from './console.ts';
import type {Draft, Source} from './draft.ts';
import {lineOf, readFence} from './markdown.ts';

export type Fence =
  | {readonly at: 'step'; readonly step: Draft}
  | {readonly at: 'output'; readonly text: string}
  | {readonly at: 'shown'; readonly text: string; readonly lang: string};

const shells = ['sh', 'bash', 'shell', 'zsh', 'console', 'shell-session', 'shellsession', 'terminal', 'ksh'];
const readMethods = ['GET', 'HEAD', 'OPTIONS'];

/** A paragraph that introduces what a command printed, not what to type. */
export const introducesOutput = (text: string): boolean =>
  /\b(?:example|sample|expected|typical|possible)\s+(?:\w+\s+)?(?:outputs?|responses?|results?)\b|^outputs?\b|\boutput\s*(?:is|will be|should|looks?|would|:|$)|\blooks?\s+(?:something\s+)?(?:like|similar)|\bsimilar to\b|\b(?:should|will|would)\s+(?:see|return|show|print|look|display)\b/i.test(
    text,
  ) &&
  !/\b(?:run|execute|use|type|enter|issue)\s+(?:the\s+)?(?:following|this|these)?\s*(?:commands?|script|query)\b[^.]*:?$/i.test(
    text,
  );

/** The first line of an HTTP fence as method and URL, or undefined. */
export function requestLine(text: string): {readonly method: string; readonly url: string} | undefined {
  const found = /^([A-Z]{3,10})\s+(\S+)(?:\s+HTTP\/[\d.]+)?\s*$/.exec(text.split('\n')[0] ?? '');
  return found?.[1] === undefined || found[2] === undefined ? undefined : {method: found[1], url: found[2]};
}

/** Reads a code block; `intro` is the paragraph before it. Problems found on the way go to `source.problems`. */
export function readCode(node: Code, intro: string, source: Source): Fence {
  const line = lineOf(node);
  const info = readFence(source.text, node);
  const note = (code: string, level: 'error' | 'warning', message: string): void => {
    source.problems.push({code, line, level, message});
  };
  if (!info.closed)
    note(
      'unbalanced-fence',
      'error',
      'This code fence is never closed; what follows it may have been swallowed.',
    );
  const json = /^\{\s*["}]/.test(info.meta) ? info.meta : undefined;
  const annotation = json === undefined ? undefined : readAnnotation(json, line, source.problems);
  const attributes = annotation?.attributes ?? {};
  const step = (type: string, command: string, rest: Partial<Draft> = {}): Fence => ({
    at: 'step',
    step: {
      type: attributes.type ?? type,
      title: attributes.title ?? '',
      line,
      ...(info.lang === '' ? {} : {lang: info.lang}),
      command,
      effect: attributes.effect ?? 'write',
      certainty: annotation === undefined ? 'guessed' : 'annotated',
      detail: [],
      attributes,
      children: [],
      ...rest,
    },
  });
  const shown: Fence = {at: 'shown', text: node.value, lang: info.lang};

  if (info.lang === 'http') {
    const request = requestLine(node.value);
    if (request !== undefined)
      return step('http', node.value, {effect: effectOf(attributes, request.method)});
    note(
      'http-request',
      'error',
      'An http block must begin with a method and a URL, such as "GET http://127.0.0.1:8080/ready".',
    );
    return shown;
  }
  if (
    (info.lang === 'sql' || info.lang === 'promql') &&
    (attributes.target !== undefined || attributes.type !== undefined)
  )
    return step(info.lang, node.value, {
      effect: attributes.effect ?? (info.lang === 'promql' ? 'read' : 'write'),
    });

  const isShell = shells.includes(info.lang);
  if (!isShell && !(info.lang === '' && info.fenced)) {
    if (introducesOutput(intro) && info.fenced) return {at: 'output', text: node.value};
    return shown;
  }
  const transcript = readTranscript(node.value, info.lang);
  const sure = annotation !== undefined || transcript.prompted;
  if (!sure && introducesOutput(intro)) return {at: 'output', text: node.value};
  if (transcript.command.trim() === '') return shown;
  if (!sure && (info.lang === '' || info.lang === 'console') && !looksLikeCommand(transcript.command))
    return shown;
  const type = opensTerminal(transcript.command) ? 'terminal' : 'command';
  return step(type, transcript.command, {
    effect: attributes.effect ?? guessEffect(transcript.command),
    ...(transcript.output === undefined ? {} : {expectedOutput: transcript.output}),
  });
}

const effectOf = (attributes: StepAttributes, method: string): Draft['effect'] =>
  attributes.effect ?? (readMethods.includes(method) ? 'read' : 'write');
