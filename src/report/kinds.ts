// THE table of sentences: kind → what the timeline says of it, and the mark that must not be overlooked.

/**
 * A sentence is a text with `{key}` (a member of the body) and `{.key}` (a member of the entry); a part in `[…]` is
 * left out when one of its members is missing. Of several, the first that has all its members is taken; when none
 * has, the sentence of an unknown kind is. Changing a row changes the derived files of every bundle: then
 * `rules` gets a new number.
 */
export interface Row {
  readonly says: readonly string[];
  readonly mark?: Mark;
}

/** A fixed word, the word that a member of the body holds, or one of two words for a member that is true or false. */
export type Mark =
  | {readonly word: string}
  | {readonly key: string}
  | {readonly key: string; readonly yes: string; readonly no: string};

export const rules = 'quarterdeck-report-v1';

const refused = {word: 'refused'};
const is = (key: string): Mark => ({key});

export const rows: Readonly<Record<string, Row>> = {
  'ledger.genesis': {says: ['Ledger created for site {site} on host {host} by Quarterdeck {version}']},
  'ledger.seal': {says: ['Ledger sealed: nothing happened since the entry before']},
  'ledger.recover': {says: ['Ledger adopted at {path}, before at {from}']},
  'key.rotate': {says: ['Signing key replaced']},
  'anchor.receipt': {
    says: ['Checkpoint of {size} entries to {anchor} ({type})'],
    mark: {key: 'ok', yes: 'sent', no: 'not sent'},
  },
  redact: {says: ['Value {ptr} of entry {seq} erased'], mark: {word: 'erased'}},
  'retention.apply': {says: ['Retention applied: {policy}'], mark: {word: 'erased'}},
  'hold.set': {says: ['Hold {id} set']},
  'hold.lift': {says: ['Hold {id} lifted']},
  export: {
    says: ['Export to {path} ({form}): {result}', 'Export to {path} ({form}) begins'],
    mark: is('result'),
  },
  'custody.transfer': {says: ['Custody of {what} handed from {from} to {to} by {how}']},
  note: {says: ['Note[ on what happened at {occurredAt}]']},
  'session.open': {says: ['Session opened: {program} {version}']},
  'session.close': {says: ['Session closed: {why}']},
  'site.load': {says: ['Site {site} loaded from {path}']},
  'site.trust': {says: ['Site {path} trusted']},
  'access.refused': {says: ['Access refused: {what}, because {why}'], mark: refused},
  'check.change': {says: ['Check {check} of {service} is {state}[, was {from}]'], mark: is('verdict')},
  'check.intent': {says: ['About to run: {check} of {service}, which changes something ({mutates})']},
  'check.outcome': {says: ['Outcome of {check} of {service}: {kind}'], mark: is('verdict')},
  'check.attest': {says: ['{check} of {service} attested until {until}[, as {role}]']},
  'slo.window': {says: ['Service level counted']},
  'alert.open': {says: ['Alert opened']},
  'alert.ack': {says: ['Alert acknowledged']},
  'alert.silence': {says: ['Alert silenced']},
  'alert.sent': {says: ['Alert sent']},
  'alert.close': {says: ['Alert closed']},
  'maintenance.set': {says: ['Maintenance set']},
  'maintenance.end': {says: ['Maintenance ended']},
  'monitor.start': {says: ['Monitor started, {checks} checks']},
  'monitor.stop': {says: ['Monitor stopped: {why}']},
  'monitor.gap': {says: ['Nobody looked from {from} to {to}: {why}'], mark: {word: 'gap'}},
  'heal.intent': {says: ['About to narrow {path} from {before} to {after} (check {check} of {service})']},
  'heal.outcome': {
    says: ['{path} narrowed from {before} to {after} (check {check} of {service}): {message}'],
    mark: is('verdict'),
  },
  'job.intent': {says: ['Job {job} about to run for {slot}']},
  'job.outcome': {says: ['Job {job} for {slot}: {outcome}'], mark: is('outcome')},
  'job.missed': {says: ['Job {job} missed {slots} times until {until}: {why}']},
  'job.pause': {says: ['Job {job} paused']},
  'job.resume': {says: ['Job {job} resumed']},
  'run.start': {says: ['Run of {procedureTitle} started on {service} ({environment})[ as {mode}]']},
  'run.pause': {says: ['Run paused: {why}']},
  'run.resume': {says: ['Run resumed: {why}']},
  'run.handover': {says: ['Run handed over']},
  'run.finish': {says: ['Run finished after {durationMs}'], mark: is('result')},
  'step.confirm': {says: ['Answered {say} to {.step} after {delayMs} ({source})']},
  'step.intent': {says: ['About to act: {.step} on {target} ({effect})']},
  'step.outcome': {says: ['Outcome of {.step} after {durationMs}: {message}'], mark: is('verdict')},
  'step.limit': {says: ['{.step} is over its limit of {limitMs}'], mark: {word: 'over limit'}},
  'step.decide': {says: ['Decided on {.step} ({about}): {answer}[, {text}]']},
  'step.skip': {says: ['{.step} skipped[: {when}]'], mark: {word: 'skipped'}},
  'step.unknown': {says: ['Outcome of {.step} is unknown: {why}'], mark: {word: 'unknown'}},
  'step.value': {says: ['{name} was given a value ({from})']},
  'guard.refused': {says: ['Refused by the prohibition {prohibition}'], mark: refused},
  'approve.request': {says: ['Approval asked for']},
  'approve.grant': {says: ['Approval given']},
  'approve.deny': {says: ['Approval denied'], mark: refused},
  'breakglass.open': {says: ['Break-glass access opened[ until {until}]'], mark: {word: 'break-glass'}},
  'breakglass.use': {says: ['{guard} let pass by break-glass'], mark: {word: 'break-glass'}},
  'breakglass.close': {says: ['Break-glass access closed[: {why}]']},
  'drill.report': {says: ['Drill reported']},
  'gate.result': {says: ['Gate decided'], mark: is('result')},
  'shift.handover': {says: ['Shift handed over']},
  'case.open': {says: ['Case {case} opened']},
  'case.add': {says: ['{file} added to case {case}']},
  'case.verify': {
    says: ['{file} of case {case} checked with {tool}: {what}'],
    mark: {key: 'verified', yes: 'verified', no: 'not verified'},
  },
  'case.pack': {says: ['Case {case} packed at {path}: {result}'], mark: is('result')},
};

export type Tone = 'good' | 'bad' | 'warn' | 'unknown' | 'quiet';

/** Tone → its glyph and the words that have it. A word that is not here gets no mark. */
export const tones: Readonly<Record<Tone, {readonly glyph: string; readonly words: readonly string[]}>> = {
  good: {glyph: '✔', words: ['pass', 'passed', 'written', 'sent', 'verified']},
  bad: {glyph: '✖', words: ['fail', 'failed', 'refused', 'not sent', 'not verified']},
  warn: {glyph: '▲', words: ['warn', 'aborted', 'escalated', 'gap', 'over limit', 'break-glass']},
  unknown: {glyph: '?', words: ['unknown', 'unverified']},
  quiet: {glyph: '–', words: ['skipped', 'erased']},
};
