// Carrying checkpoints while the console is open: regularly, and when a run is over; what goes wrong is told once.
import {anchoredWords, isTrouble, sendOf} from '../cli/anchoring.ts';
import type {CommandContext} from '../define.ts';
import type {Site} from '../domain/site.ts';
import type {Station} from '../engine/monitor/index.ts';
import type {Anchored} from '../evidence/anchors.ts';
import {anchorRegularly, type Regularly} from '../evidence/anchors/regularly.ts';
import type {Ledger} from '../ports.ts';

export interface AnchorHere {
  readonly site: Site;
  readonly ledger: Ledger;
  readonly context: CommandContext;
  readonly station: Pick<Station, 'mode'>;
  readonly tell: (level: 'error' | 'info', text: string) => void;
}

/** Undefined where there is nothing to carry to. */
export function anchorHere({site, ledger, context, station, tell}: AnchorHere): Regularly | undefined {
  const send = sendOf(site, ledger, context);
  if (send === undefined) return undefined;
  const down = new Set<string>();
  const told = (answer: Anchored): void => {
    const {anchor, at, isRecorded} = answer;
    if (isTrouble(answer) && isRecorded) tell('error', anchoredWords(answer));
    else if (at === 'sent' && down.has(anchor.name)) tell('info', anchoredWords(answer));
    if (at === 'failed') down.add(anchor.name);
    else down.delete(anchor.name);
  };
  return anchorRegularly({
    clock: context.clock,
    isMine: () => station.mode().at === 'here',
    send,
    onAnswers: answers => answers.forEach(told),
  });
}
