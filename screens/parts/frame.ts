// What stands around every screen: banner, breadcrumbs, message row, key bar, footer truth.
import {say, show} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {Environment} from '../../src/domain/site.ts';
import type {AppState} from '../../src/state/model.ts';
import {isBusy, isOpen} from '../../src/state/select.ts';
import type {Line, Span, Tone} from '../../src/define-screen.ts';
import {blank, ends, fit, lineWidth, span} from './line.ts';
import {cut, width, wrap} from './text.ts';
import {age, clock, left} from './time.ts';

const words: Record<Environment, {readonly word: Shown; readonly tone: Tone}> = {
  production: {word: say` PRODUCTION `, tone: 'production'},
  staging: {word: say` STAGING `, tone: 'staging'},
  development: {word: say` DEVELOPMENT `, tone: 'development'},
};

/** Site, environment, run in hand; operator and minutes. Environment and site are never cut. */
export function banner(app: AppState, columns: number): Line {
  const {session, run} = app;
  const {word, tone} = words[session.environment];
  const fixed = [span(say` `), span(word, tone), span(say`  `), span(session.site, 'strong')];
  const time = span(say`${clock(app.nowMs)} UTC `, 'dim');
  const badge = isOpen(run)
    ? [span(say`   ${isBusy(run) ? '▶' : '‖'} RUN ${run.short}`, isBusy(run) ? 'accent' : 'plain')]
    : [];
  const who = [span(say`${session.operator} via ${session.via}   `, 'dim')];
  const room = columns - lineWidth(fixed) - width(time.text) - 2;
  const left = lineWidth(badge) <= room ? [...fixed, ...badge] : fixed;
  const rest = columns - lineWidth(left) - width(time.text) - 2;
  return ends(left, [...(lineWidth(who) <= rest ? who : []), time], columns);
}

export function crumbs(titles: readonly Shown[], summary: Line, columns: number): Line {
  const path = titles.flatMap((title, i): Span[] => [
    ...(i > 0 ? [span(say` › `, 'dim')] : []),
    span(title, i === titles.length - 1 ? 'accent' : 'dim'),
  ]);
  const right: Line = [...summary, span(say` `)];
  // Where one is comes before how one got there, and both before the counts.
  const fits = lineWidth(path) + lineWidth(right) + 3 <= columns;
  const left = fits ? path : path.slice(-1);
  const room = columns - 3 - Math.min(lineWidth(left), Math.floor(columns / 2));
  return ends([span(say` `), ...left], fit(right, room), columns);
}

/** What stands in the way, for as long as it does: nothing may be done, or somebody else's site is looked at. */
export function warningRows({session}: AppState, columns: number): readonly Line[] {
  const row = (sign: Shown, text: Shown): Line =>
    fit([span(say` `), span(sign, 'staging'), span(say` ${text}`, 'warn')], columns);
  const {readOnly, monitor} = session;
  const isOther = monitor.at === 'elsewhere' && monitor.isOtherSite === true;
  return [
    ...(readOnly === undefined ? [] : [row(say` READ ONLY `, readOnly)]),
    ...(isOther
      ? [
          row(
            say` OTHER SITE `,
            say`${monitor.who} looks, with another version of the site file: leave it, then look again`,
          ),
        ]
      : []),
  ];
}

/** Stands above and below everything while a rehearsal is in hand: nobody takes a drill for the real thing, or the reverse. */
export function drillRow({run}: AppState, columns: number): readonly Line[] {
  return isOpen(run) && run.isRehearsal ? [drillSign(columns)] : [];
}

export function drillSign(columns: number): Line {
  const sign = say` DRILL `;
  const text = say`${columns < 64 ? 'what writes is not run' : 'rehearsal: what would write is shown and confirmed, and not run'}`;
  return [span(filled(say`${sign}  ${text}`, sign, columns), 'drill')];
}

/** The text, spaces, and the sign again at the right end. */
function filled(text: Shown, sign: Shown, columns: number): Shown {
  const gap = columns - width(text) - width(sign);
  return gap < 1 ? show(cut(text, columns).padEnd(columns)) : show(`${text}${' '.repeat(gap)}${sign}`);
}

/** Loud for as long as guards are open: which, for how long, by whom, and how to close them. */
export function glassRows({glasses, nowMs}: AppState, columns: number): readonly Line[] {
  const most = 2;
  const rest = glasses.length - most;
  return glasses.slice(0, most).flatMap(({id, guards, operator, untilMs}, i): Line[] => {
    const more = i === most - 1 && rest > 0 ? say`   and ${rest} more` : say``;
    const text = say` BREAK-GLASS  ${guards} open, ${left(untilMs - nowMs)} left, by ${operator}${more}`;
    const close = say`quarterdeck breakglass close ${id} `;
    const wide = width(text) + width(close) + 3 <= columns;
    if (wide) return [[span(filled(text, close, columns), 'production')]];
    const row = (part: Shown): Line => [span(show(cut(part, columns).padEnd(columns)), 'production')];
    return [row(text), row(say` close: ${close}`)];
  });
}

/** A refusal or an answer, over as many rows as it needs (at most three); else the newcomer's hint. */
export function messages(
  notice: {readonly level: 'error' | 'info'; readonly text: Shown} | undefined,
  hint: Shown | undefined,
  columns: number,
): readonly Line[] {
  if (notice === undefined)
    return [hint === undefined ? blank : fit([span(say` `), span(hint, 'accent')], columns)];
  const isError = notice.level === 'error';
  return wrap(notice.text, columns - 4)
    .slice(0, 3)
    .map((text, i) => [
      span(i > 0 ? say`   ` : isError ? say` ✖ ` : say` · `, isError ? 'bad' : 'accent'),
      span(text, isError ? 'bad' : 'plain'),
    ]);
}

export interface BarKey {
  readonly key: Shown;
  readonly label: Shown;
  readonly disabled: boolean;
}

/** Keys by rank as far as they fit, and always help (unless a dialog has the keys) and the footer truth. */
export function keyBar(keys: readonly BarKey[], footer: Line, columns: number, hasHelp = true): Line {
  const right: Line = [...footer, span(say` `)];
  const help: Line = hasHelp ? [span(say`?`, 'accent'), span(say` keys`, 'dim')] : [];
  let room = columns - lineWidth(right) - lineWidth(help) - 3;
  const left: Span[] = [span(say` `)];
  for (const {key, label, disabled} of keys) {
    const wide = width(key) + 1 + width(label) + 2;
    if (wide > room) break;
    room -= wide;
    left.push(span(key, disabled ? 'dim' : 'accent'), span(say` ${label}  `, 'dim'));
  }
  return ends([...left, ...help], right, columns);
}

/** How large the ledger is, how far it was verified in this session, and whether it has left the machine. */
export const footer = ({ledger, nowMs}: AppState): Line => [
  span(say`ledger ${thousands(ledger.size)}`, 'dim'),
  ...verified(ledger),
  ...carried(ledger.carried, nowMs),
];

/** A tick is a claim: of the whole log, else with the size that was verified. */
function verified({verify, size}: AppState['ledger']): Line {
  if (verify.at !== 'done' || !verify.verified) return [];
  const upTo = verify.size < size ? say` ${thousands(verify.size)}` : say``;
  return [span(say` ✔`, 'good'), span(upTo, 'dim')];
}

function carried(view: AppState['ledger']['carried'], nowMs: number): Line {
  const when = (atMs: number): Shown => {
    const since = age(nowMs, atMs);
    return since === 'now' ? since : say`${since} ago`;
  };
  switch (view.at) {
    case 'unknown':
      return [];
    case 'local':
      return [span(say` · local only`, 'dim')];
    case 'off-host': {
      const far = span(say` · off-host ${thousands(view.size)} ${when(view.atMs)}`, 'dim');
      return view.failing === 0 ? [far] : [far, span(say`, ${view.failing} FAILED`, 'warn')];
    }
    case 'failed': {
      const {last} = view;
      const before = last === undefined ? say`` : say`, ${thousands(last.size)} ${when(last.atMs)}`;
      return [span(say` · `, 'dim'), span(say`off-host FAILED`, 'warn'), span(before, 'dim')];
    }
  }
}

/** `4,196`. */
export const thousands = (value: number): Shown => show(String(value).replace(/\B(?=(\d{3})+$)/g, ','));
