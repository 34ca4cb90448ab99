// Commands and requests inside sentences: `systemctl restart x`, `GET https://…/ready`. Always guesses.
import type {Node} from '../markdown/index.ts';
import {guessEffect, looksLikeInlineCommand, splitArgv} from './commands.ts';
import {opensTerminal} from './terminal.ts';
import type {Draft} from './draft.ts';
import {requestLine} from './fence.ts';

/** Adds the inline code of a node to `codes`, in order, whole values. */
function gatherCodes(node: Node, codes: string[]): void {
  if (node.type === 'inlineCode') codes.push(node.value);
  else if ('children' in node) for (const child of node.children) gatherCodes(child, codes);
}

/** Steps that a sentence's inline code offers; a request without a host is no step, since nothing says where. */
export function inlineSteps(node: Node, title: string): Draft[] {
  const out: Draft[] = [];
  const codes: string[] = [];
  gatherCodes(node, codes);
  for (const code of codes) {
    const base = {
      title,
      line: node.line,
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
