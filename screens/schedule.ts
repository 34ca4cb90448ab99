// The jobs: when they run next, how they ended last, what was missed, what is paused and why; the chosen one in full.
import {defineScreen} from '../src/define-screen.ts';
import type {Binding, Line, Look, Tone} from '../src/define-screen.ts';
import {duration} from '../src/domain/duration.ts';
import type {JobOutcome} from '../src/domain/schedule.ts';
import {say, show} from '../src/domain/show.ts';
import type {Shown} from '../src/domain/show.ts';
import type {JobEnd, JobView} from '../src/state/duty.ts';
import {blank, columns, fit, labelled, span} from './parts/line.ts';
import {listWindow} from './parts/list.ts';
import {listWithDetail} from './parts/list-detail.ts';
import {dated, took} from './parts/time.ts';

const outcomes: Record<JobOutcome, {readonly glyph: Shown; readonly tone: Tone}> = {
  passed: {glyph: say`✔`, tone: 'good'},
  failed: {glyph: say`✖`, tone: 'bad'},
  unknown: {glyph: say`?`, tone: 'unknown'},
  skipped: {glyph: say`–`, tone: 'dim'},
};

/** How it stands, in a sign and a word: running and paused before how it ended last. */
function sign({running, paused, last}: JobView): {glyph: Shown; word: Shown; tone: Tone} {
  if (running) return {glyph: say`▶`, word: say`running`, tone: 'accent'};
  if (paused !== undefined) return {glyph: say`‖`, word: say`paused`, tone: 'warn'};
  return last === undefined
    ? {glyph: say`?`, word: say`never ran`, tone: 'unknown'}
    : {...outcomes[last.outcome], word: show(last.outcome)};
}

const shown = ({app, place: at}: Look): readonly JobView[] =>
  (app.schedule?.jobs ?? []).filter(({id, title, last}) =>
    `${id} ${title} ${last?.message ?? ''}`.toLowerCase().includes(at.filter.toLowerCase()),
  );

const chosen = (look: Look): JobView | undefined => {
  const all = shown(look);
  const ids = all.map(({id}) => id);
  return all[listWindow(ids, look.place.selected, 1).chosen];
};

function widths(cells: number) {
  if (cells < 64) return {name: cells - 5 - 10 - 12, state: 10, cron: 0, next: 12, last: 0, message: 0};
  const rest = {state: 10, cron: 15, next: 13, last: 13};
  const used = Object.values(rest).reduce((sum, one) => sum + one, 0);
  const name = cells >= 110 ? 22 : 18;
  return {...rest, name, message: Math.max(0, cells - 5 - used - name)};
}

function header(cells: number): Line {
  const {name, state, cron, next, last, message} = widths(cells);
  const tone = 'dim' as const;
  return fit(
    [
      span(say`     `),
      ...columns([
        {text: say`JOB`, tone, cells: name},
        {text: say`STATE`, tone, cells: state},
        {text: say`CRON`, tone, cells: cron},
        {text: say`NEXT`, tone, cells: next},
        {text: say`LAST`, tone, cells: last},
        {text: say`SAID`, tone, cells: message},
      ]),
    ],
    cells,
  );
}

function row(job: JobView, isChosen: boolean, {app, size}: Look): Line {
  const {name, state, cron, next, last, message} = widths(size.columns);
  const {glyph, word, tone} = sign(job);
  return fit(
    [
      span(isChosen ? say` > ` : say`   `, 'accent'),
      span(glyph, tone),
      span(say` `),
      ...columns([
        {text: show(job.id), tone: isChosen ? 'strong' : 'plain', cells: name},
        {text: word, tone, cells: state},
        {text: job.cron, tone: 'dim', cells: cron},
        {text: nextText(job, app.nowMs), cells: next},
        {
          text: job.last === undefined ? say`–` : dated(job.last.endedMs, app.nowMs),
          tone: 'dim',
          cells: last,
        },
        {text: job.last?.message ?? say``, tone: 'dim', cells: message},
      ]),
    ],
    size.columns,
  );
}

const nextText = ({paused, nextMs}: JobView, nowMs: number): Shown =>
  paused !== undefined ? say`paused` : nextMs === undefined ? say`never` : dated(nextMs, nowMs);

const endText = ({outcome, endedMs, message}: JobEnd, nowMs: number): Shown =>
  say`${outcome} at ${dated(endedMs, nowMs)} UTC${message === '' ? '' : `: ${message}`}`;

function detail(job: JobView, {app, size}: Look): readonly Line[] {
  const {glyph, word, tone} = sign(job);
  const at = size.columns >= 64 ? 14 : 12;
  const field = (name: Shown, text: Shown | undefined, textTone: Tone = 'plain'): readonly Line[] =>
    text === undefined
      ? []
      : labelled(span(say`   ${name}`, 'dim'), text, {cells: size.columns - 1, at, tone: textTone});
  const {last, startedMs} = job;
  const lasted =
    last === undefined || startedMs === undefined || startedMs > last.endedMs
      ? undefined
      : last.endedMs - startedMs;
  const counts = [
    ...(job.missed === 0 ? [] : [`${job.missed} missed, since nobody was there`]),
    ...(job.overruns === 0 ? [] : [`${job.overruns} came due while it was still running`]),
  ];
  return [
    fit(
      [
        span(say` `),
        span(show(job.id), 'strong'),
        span(say`  ${glyph} ${word}`, tone),
        span(say`   ${job.title}`, 'dim'),
      ],
      size.columns,
    ),
    ...field(say`paused`, job.paused, 'warn'),
    ...field(say`does`, job.does),
    ...field(
      say`cron`,
      say`${job.cron}  ${job.timezone}, limit ${duration(job.limitMs)}; after downtime ${
        job.catchUp === 'once' ? 'it runs once' : 'what was missed is left'
      }`,
    ),
    ...field(
      say`next`,
      job.nextMs === undefined
        ? say`never`
        : say`${dated(job.nextMs, app.nowMs)} UTC${job.paused === undefined ? '' : ', if it is resumed before'}`,
    ),
    ...(job.running && startedMs !== undefined
      ? field(say`running`, say`since ${dated(startedMs, app.nowMs)} UTC`, 'accent')
      : []),
    ...field(
      say`last`,
      last === undefined
        ? say`never ran, as far as is remembered`
        : say`${endText(last, app.nowMs)}${lasted === undefined ? '' : ` (took ${took(lasted)})`}`,
      last === undefined ? 'unknown' : outcomes[last.outcome].tone,
    ),
    ...field(say`by hand`, job.byHand === undefined ? undefined : endText(job.byHand, app.nowMs)),
    ...field(say`left out`, counts.length === 0 ? undefined : say`${counts.join('; ')}`, 'warn'),
    ...field(say`not now`, job.refused, 'warn'),
  ];
}

function summary({app}: Look): Line {
  const all = app.schedule?.jobs ?? [];
  const count = (is: (job: JobView) => boolean): number => all.filter(is).length;
  const failed = count(({last}) => last?.outcome === 'failed');
  const unknown = count(({last}) => last?.outcome === 'unknown');
  const paused = count(job => job.paused !== undefined);
  return [
    span(say`${all.length} ${all.length === 1 ? 'job' : 'jobs'}`, 'dim'),
    ...(failed > 0 ? [span(say`   ✖ ${failed} failed`, 'bad')] : []),
    ...(unknown > 0 ? [span(say`   ? ${unknown} unknown`, 'unknown')] : []),
    ...(paused > 0 ? [span(say`   ‖ ${paused} paused`, 'warn')] : []),
  ];
}

/** Who runs the jobs, where that is not this console; and what is wrong with the records. */
function notes({app, size}: Look): readonly Line[] {
  const {monitor} = app.session;
  const problem = app.schedule?.problem;
  return [
    ...(monitor.at === 'here'
      ? []
      : [
          monitor.at === 'elsewhere'
            ? span(say`   run by ${monitor.who}`, 'dim')
            : span(say`   nobody runs them: ${monitor.why}`, 'warn'),
        ]),
    ...(problem === undefined ? [] : [span(say`   ✖ ${problem}`, 'bad')]),
  ].map(one => fit([one], size.columns));
}

const empty = ({app, place: at}: Look): Shown =>
  app.schedule === undefined
    ? say`   Not read yet: nothing is known of the jobs.`
    : app.schedule.jobs.length === 0
      ? say`   This site has no jobs: give it a schedule in quarterdeck.yaml.`
      : say`   No job matches ${at.filter}. Esc shows all.`;

const mayWrite = ({app}: Look): Shown | undefined =>
  app.session.readOnly === undefined ? undefined : say`read only: ${app.session.readOnly}`;

const needs = (more: (job: JobView, look: Look) => Shown | undefined): Pick<Binding, 'why'> => ({
  why: look => {
    const job = chosen(look);
    return job === undefined ? say`no job is in the list` : more(job, look);
  },
});

export const schedule = defineScreen({
  id: 'schedule',
  title: () => say`schedule`,
  summary: say`The jobs: when they run next, how they ended last, and what was missed or is paused.`,
  keys: [
    {
      keys: ['r'],
      label: say`run`,
      does: say`Run the chosen job now, whatever its time is; it asks first.`,
      bar: 1,
      ...needs(
        (job, look) =>
          job.refused ?? (job.running ? say`it is running` : job.acts ? mayWrite(look) : undefined),
      ),
      run: (look, desk) => {
        const job = chosen(look);
        if (job !== undefined) desk.open({at: 'job', what: 'run', job: job.id});
      },
    },
    {
      keys: ['p'],
      label: look => (chosen(look)?.paused === undefined ? say`pause` : say`resume`),
      does: say`Keep the chosen job from running, with a reason; or let it run again.`,
      bar: 2,
      ...needs((_, look) => mayWrite(look)),
      run: (look, desk) => {
        const job = chosen(look);
        if (job === undefined) return;
        if (job.paused === undefined) desk.open({at: 'words', what: 'pause-job', of: job.id, text: ''});
        else desk.open({at: 'job', what: 'resume', job: job.id});
      },
    },
  ],
  view: look => {
    const all = shown(look);
    const picked = chosen(look);
    return listWithDetail(look, {
      ids: all.map(({id}) => id),
      notes: notes(look),
      header: header(look.size.columns),
      row: (index, isChosen) => {
        const job = all[index];
        return job === undefined ? blank : row(job, isChosen, look);
      },
      empty: empty(look),
      picked,
      detail: job => detail(job, look),
      summary: summary(look),
      copy: picked && [
        say`${picked.id}: ${picked.last === undefined ? 'never ran' : endText(picked.last, look.app.nowMs)}`,
      ],
    });
  },
});
