// Why something is red: the root causes with what hangs on them, the chain that leads there, and runbooks about it.
import {defineScreen} from '../src/define-screen.ts';
import type {Binding, Line, Look} from '../src/define-screen.ts';
import {say, show} from '../src/domain/show.ts';
import type {Shown} from '../src/domain/show.ts';
import {serviceOf} from '../src/state/select.ts';
import {place} from '../src/state/ui.ts';
import {whyOf} from '../src/state/why.ts';
import type {Cause, Link, Stand, Why} from '../src/state/why.ts';
import {blockPage, chosenId} from './parts/blocks.ts';
import type {Block} from './parts/blocks.ts';
import {sinceText} from './parts/check-detail.ts';
import {blank, fit, heading, paragraph, span} from './parts/line.ts';
import {glyph, status} from './parts/status.ts';

type Book = Why['runbooks'][number];

/** What a row leads to. */
type Target = {readonly at: 'check'; readonly link: Link} | {readonly at: 'book'; readonly book: Book};

interface Item extends Block {
  readonly target: Target | undefined;
}

const mark = (chosen: boolean): Line => [span(chosen ? say` > ` : say`   `, 'accent')];

/** The first few names, and how many more there are. */
function named(names: readonly string[], most: number): Shown {
  const rest = names.length - most;
  return say`${names.slice(0, most).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function causeLines(cause: Cause, chosen: boolean, {app, size}: Look): readonly Line[] {
  const {key, check, stand, dependents} = cause;
  const state = status(check);
  const cells = size.columns - 1;
  const down = dependents.filter(({stand: one}) => one === 'down').map(one => one.key);
  const held = dependents.filter(one => one.check.heldBy !== undefined).length;
  const most = size.columns >= 64 ? 4 : 2;
  const hangs =
    dependents.length === 0
      ? say`nothing depends on it`
      : down.length === 0
        ? say`${dependents.length} depend on it, none of them is down`
        : say`${down.length} of ${dependents.length} that depend on it are down: ${named(down, most)}`;
  return [
    fit(
      [
        ...mark(chosen),
        span(state.text, state.tone),
        span(say`  `),
        span(show(key), chosen ? 'strong' : 'plain'),
        span(sinceText(check, app.nowMs), state.tone),
        span(say`   ${check.severity}`, 'dim'),
      ],
      size.columns,
    ),
    ...paragraph(check.message, cells, 5),
    ...(stand === 'unclear' ? paragraph(say`nobody knows whether it is up`, cells, 5, 'unknown') : []),
    ...paragraph(hangs, cells, 5, 'dim'),
    ...(held === 0
      ? []
      : paragraph(say`for ${held} of them no alert is opened while this is down`, cells, 5, 'dim')),
    ...(check.heldBy === undefined ? [] : [heldLine(check.heldBy, cells)]),
  ];
}

const heldLine = (by: Shown, cells: number): Line =>
  fit([span(say`     no alert is opened: ${by} is down`, 'dim')], cells);

function linkLine({key, check, stand, depth, isRoot, needs}: Link, chosen: boolean, {size}: Look): Line {
  const indent = show('  '.repeat(Math.min(depth, 8)));
  return fit(
    [
      ...mark(chosen),
      span(indent),
      glyph(check),
      span(say` `),
      span(show(key), chosen ? 'strong' : 'plain'),
      span(say`  ${status(check).text.slice(2)}`, 'dim'),
      ...(isRoot
        ? [span(stand === 'unclear' ? say`  nobody knows` : say`  root cause`, 'accent')]
        : [span(say`  needs ${named(needs, 2)}`, 'dim')]),
      ...(check.heldBy === undefined ? [] : [span(say`  no alert: ${check.heldBy} is down`, 'dim')]),
    ],
    size.columns,
  );
}

function bookLine({title, why, service}: Book, chosen: boolean, {size}: Look): Line {
  return fit(
    [
      ...mark(chosen),
      span(title, chosen ? 'strong' : 'plain'),
      span(say`   ${why ?? `for ${service}`}`, 'dim'),
    ],
    size.columns,
  );
}

const causeHeadings: Record<Stand, Shown> = {
  down: say`root cause`,
  unclear: say`may be behind it: not known`,
  up: say`warns`,
};

/** What is found, as rows to choose from; the heading of a part belongs to its first row. */
function items(look: Look): readonly Item[] {
  const {app, place: at} = look;
  const why = whyOf(app, at.of ?? '');
  const needle = at.filter.toLowerCase();
  const isWanted = (...texts: readonly string[]): boolean => texts.join(' ').toLowerCase().includes(needle);
  const causes = why.causes.filter(({key, check}) => isWanted(key, check.message));
  const links =
    why.chain.length === why.causes.length
      ? []
      : why.chain.filter(({key, check}) => isWanted(key, check.message));
  const books = why.runbooks.filter(({title, why: reason}) => isWanted(title, reason ?? ''));
  const ids = [
    ...causes.map(({key}) => ({id: `cause ${key}`})),
    ...links.map(({key}) => ({id: `link ${key}`})),
    ...books.map(bookId),
  ];
  const chosen = chosenId(ids, at.selected);
  const under = (title: Shown, i: number): readonly Line[] => (i === 0 ? [heading(title)] : []);
  return [
    ...causes.map((cause, i): Item => {
      const id = `cause ${cause.key}`;
      return {
        id,
        target: {at: 'check', link: cause},
        lines: [
          ...(cause.stand !== causes[i - 1]?.stand ? [heading(causeHeadings[cause.stand])] : []),
          ...causeLines(cause, id === chosen, look),
          blank,
        ],
      };
    }),
    ...links.map((link, i): Item => {
      const id = `link ${link.key}`;
      return {
        id,
        target: {at: 'check', link},
        lines: [
          ...under(say`the chain`, i),
          linkLine(link, id === chosen, look),
          ...(i === links.length - 1 && why.missing.length === 0 ? [blank] : []),
        ],
      };
    }),
    ...(why.missing.length === 0
      ? []
      : [
          {
            id: undefined,
            target: undefined,
            lines: [
              ...paragraph(
                say`${named(why.missing, 3)}: named in dependsOn, and nothing that is looked at answers to it`,
                look.size.columns - 1,
                3,
                'unknown',
              ),
              blank,
            ],
          },
        ]),
    ...books.map((book, i): Item => {
      const {id} = bookId(book);
      return {
        id,
        target: {at: 'book', book},
        lines: [...under(say`runbooks`, i), bookLine(book, id === chosen, look)],
      };
    }),
  ];
}

const bookId = ({id, procedure}: Book): {readonly id: string} => ({id: `book ${id}#${procedure ?? ''}`});

function chosenTarget(look: Look): Target | undefined {
  const all = items(look);
  const id = chosenId(all, look.place.selected);
  return all.find(one => one.id !== undefined && one.id === id)?.target;
}

const serviceId = ({place: at}: Look): string => (at.of ?? '').split('/')[0] ?? '';

/** The runbook that is chosen, else the best one. */
const bookHere = (look: Look): Book | undefined => {
  const target = chosenTarget(look);
  return target?.at === 'book' ? target.book : whyOf(look.app, look.place.of ?? '').runbooks[0];
};

const needsBook: Pick<Binding, 'why'> = {
  why: look => (bookHere(look) === undefined ? say`no runbook names these services` : undefined),
};

export const whyScreen = defineScreen({
  id: 'why',
  title: look => say`why ${look.place.of ?? ''}`,
  summary: say`Why a service or check is red: root causes, what hangs on them, and runbooks.`,
  keys: [
    {
      keys: ['enter', 'l', 'right'],
      label: look => (chosenTarget(look)?.at === 'book' ? say`read` : say`open`),
      does: say`Open the service of the chosen check with that check, or read the chosen runbook.`,
      bar: 1,
      why: look => (chosenTarget(look) === undefined ? say`nothing is listed` : undefined),
      run: (look, desk) => {
        const target = chosenTarget(look);
        if (target?.at === 'book') desk.go(place('runbook', target.book.id));
        if (target?.at !== 'check') return;
        const {service, check} = target.link;
        desk.go(place('service', service.id));
        desk.change({pane: 0, selected: check.id, filter: ''});
      },
    },
    {
      keys: ['r'],
      label: say`run`,
      does: say`Start the chosen runbook, or the best one, on the service of the cause; h there rehearses it.`,
      bar: 2,
      ...needsBook,
      run: (look, desk) => {
        const book = bookHere(look);
        if (book !== undefined)
          desk.open({at: 'start', plan: {service: book.service, runbook: book.id}, chosen: 0});
      },
    },
    {
      keys: ['o'],
      label: say`read runbook`,
      does: say`Read the chosen runbook, or the one that fits the cause best.`,
      bar: 3,
      ...needsBook,
      run: (look, desk) => {
        const book = bookHere(look);
        if (book !== undefined) desk.go(place('runbook', book.id));
      },
    },
    {
      keys: ['n'],
      label: say`look now`,
      does: say`Look at the causes, and at what was asked about, now instead of at their next slots.`,
      bar: 4,
      why: look =>
        serviceOf(look.app, serviceId(look)) === undefined ? say`there is no such service` : undefined,
      run: (look, desk) => {
        const {causes} = whyOf(look.app, look.place.of ?? '');
        for (const id of new Set([...causes.map(({service}) => service.id), serviceId(look)]))
          desk.actions.checkNow(id);
        desk.tell('info', say`looking now`);
      },
    },
  ],
  view: look => {
    const {app, place: at, size} = look;
    const service = serviceOf(app, serviceId(look));
    if (service === undefined)
      return {
        lines: [blank, [span(say`   There is no such service in the site file. Esc goes back.`, 'dim')]],
      };
    const all = items(look);
    const {lines, list, before, after} = blockPage(all, {
      selected: at.selected,
      rows: size.rows,
      columns: size.columns,
    });
    const why = whyOf(app, at.of ?? '');
    const isWell = why.causes.length === 0;
    const well = isWell
      ? [[span(say`   Nothing about it is red, stale or unknown right now.`, 'good')], blank]
      : [];
    const target = chosenTarget(look);
    const copy =
      target?.at === 'check'
        ? [say`${target.link.key}: ${target.link.check.message}`]
        : target?.at === 'book'
          ? [target.book.title]
          : undefined;
    const state = status(service);
    return {
      lines: [...well, ...lines].slice(0, size.rows),
      summary: [
        span(state.text, state.tone),
        ...(before + after > 0
          ? [
              span(before > 0 ? say`   ${before} above` : say``, 'dim'),
              span(after > 0 ? say`   ${after} below` : say``, 'dim'),
            ]
          : []),
      ],
      list,
      ...(copy === undefined ? {} : {copy}),
    };
  },
});
