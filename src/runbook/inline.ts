// Commands and requests inside sentences: `systemctl restart x`, `GET https://…/ready`. Always guesses.
import type {Nodes} from 'mdast';
import {guessEffect, looksLikeInlineCommand, splitArgv} from './commands.ts';
import {opensTerminal} from './terminal.ts';
import type {Draft} from './draft.ts';
import {requestLine} from './fence.ts';
import {lineOf} from './markdown.ts';

/** Inline code of a node, in order, whole values. */
function inlineCodes(node: Nodes): string[] {
  if (node.type === 'inlineCode') return [node.value];
  return 'children' in node ? node.children.flatMap(inlineCodes) : [];
}

/** Steps that a sentence's inline code offers; a request without a host is no step, since nothing says where. */
export function inlineSteps(node: Nodes, title: string): Draft[] {
  const out: Draft[] = [];
  for (const code of inlineCodes(node)) {
    const base = {
      title,
      line: lineOf(node),
      certainty: 'guessed',
      detail: [],
      attributes: {},
      children: [],
    } as const;
    const request = requestLine(code);
    if (request !== undefined && /^https?:\/\//.test(request.url)) {
      const effect = ['GET', 'HEAD', 'OPTIONS'].includes(request.method) ? 'read' : 'write';
      out.push({...base, detail: [], children: [], type: 'http', lang: 'http', command: code, effect});
    } else if (looksLikeInlineCommand(code)) {
      const argv = splitArgv(code);
      out.push({
        ...base,
        detail: [],
        children: [],
        type: opensTerminal(code) ? 'terminal' : 'command',
        lang: 'sh',
        command: code,
        ...(argv === undefined ? {} : {argv}),
        effect: guessEffect(code),
      });
    }
  }
  return out;
}

const looking =
  /^(?:please\s+)?(?:confirm|check|inspect|verify|validate|wait|review|call|identify|record|ensure|look|see|read|observe|note|monitor|compare|list|make sure|find|determine|track|query|examine|decide|announce|notify|tell|ask|call|contact)\b/i;

/** The effect of something a person does, from its first word: looking and telling reads, everything else writes. */
export const manualEffect = (title: string): 'read' | 'write' => (looking.test(title) ? 'read' : 'write');
