// Starting a run or a rehearsal: runbook, procedure and service, each asked only when there is more than one.
import type {DialogDefinition, Line, Look} from '../../src/define-screen.ts';
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import {runbookOf, serviceOf, servicesFor} from '../../src/state/select.ts';
import type {Dialog, StartPlan} from '../../src/state/ui.ts';
import {drillSign} from '../parts/frame.ts';
import {fit, span} from '../parts/line.ts';
import {listWindow} from '../parts/list.ts';
import {titleRow} from './edit.ts';

type Start = Extract<Dialog, {at: 'start'}>;

interface Stage {
  readonly title: Shown;
  readonly items: readonly {readonly text: Shown; readonly note: Shown; readonly plan: Partial<StartPlan>}[];
}

/** The next thing to choose, or the finished plan. A choice of one is made. */
function stage(plan: Partial<StartPlan>, look: Look): Stage | StartPlan | undefined {
  const {app} = look;
  if (plan.runbook === undefined) {
    const suggested = serviceOf(app, plan.service)?.runbooks ?? [];
    const known = new Set(suggested.map(({id}) => id));
    return {
      title: say`Run which runbook?`,
      items: [
        ...suggested.map(one => ({
          text: one.title,
          note: one.why ?? say`suggested`,
          plan: {
            ...plan,
            runbook: one.id,
            ...(one.procedure === undefined ? {} : {procedure: one.procedure}),
          },
        })),
        ...app.runbooks
          .filter(({id}) => !known.has(id))
          .map(one => ({text: one.title, note: say``, plan: {...plan, runbook: one.id}})),
      ],
    };
  }
  const {runbook} = plan;
  const book = runbookOf(app, runbook);
  const procedures = book?.procedures ?? [];
  const entry = plan.procedure ?? book?.entry;
  if (entry === undefined && procedures.length > 1) {
    return {
      title: say`Which procedure of ${book?.title ?? runbook}?`,
      items: procedures.map(one => ({
        text: one.title,
        note: say`${one.steps} steps`,
        plan: {...plan, procedure: one.id},
      })),
    };
  }
  const procedure = entry ?? procedures[0]?.id;
  if (plan.service !== undefined) return {runbook, procedure, service: plan.service};
  const services = servicesFor(app, runbook);
  const [only] = services;
  if (only === undefined) return undefined;
  if (services.length === 1) return {runbook, procedure, service: only.id};
  return {
    title: say`On which service?`,
    items: services.map(one => ({
      text: one.title,
      note: one.verdict === 'pass' ? say`` : say`${one.verdict}`,
      plan: {runbook, ...(procedure === undefined ? {} : {procedure}), service: one.id},
    })),
  };
}

/** Why there is nothing to choose. */
const none = ({app}: Look): Shown =>
  app.runbooks.length === 0 ? say`The runbooks are still being read; Esc, then again.` : say`There is none.`;

const question = ({mode}: Start): Shown =>
  mode === 'rehearsal'
    ? say`Rehearse this?  ↵ rehearse   h run it for real   esc start nothing`
    : say`Start this run?  ↵ start   h rehearse   esc start nothing`;

/** What is chosen is a drill, and says so before it begins. */
const drillLines = ({mode}: Start, {size}: Look): readonly Line[] =>
  mode === 'rehearsal' ? [drillSign(size.columns)] : [];

const isStage = (value: Stage | StartPlan | undefined): value is Stage =>
  value !== undefined && 'items' in value;

export const start: DialogDefinition<Start> = {
  keys: [
    {key: say`↵`, label: say`choose`},
    {key: say`↑↓`, label: say`move`},
    {key: say`h`, label: say`rehearse, or not`},
    {key: say`esc`, label: say`start nothing`},
  ],
  view: (dialog, look) => {
    const now = stage(dialog.plan, look);
    const drill = drillLines(dialog, look);
    if (!isStage(now)) return [titleRow(question(dialog)), ...drill];
    const ids = now.items.map((_, i) => String(i));
    const page = Math.max(3, Math.min(9, look.size.rows - 3 - drill.length));
    const {from, to, chosen} = listWindow(ids, String(dialog.chosen), page);
    const rows = now.items.slice(from, to).map(({text, note}, i): Line => {
      const mine = from + i === chosen;
      return fit(
        [
          span(mine ? say` > ` : say`   `, 'accent'),
          span(text, mine ? 'strong' : 'plain'),
          span(say`   ${note}`, 'dim'),
        ],
        look.size.columns,
      );
    });
    const rest = now.items.length - (to - from);
    const title = rest > 0 ? say`${now.title}  (${from + 1} to ${to} of ${now.items.length})` : now.title;
    return [titleRow(title), ...drill, ...(rows.length === 0 ? [titleRow(none(look), 'dim')] : rows)];
  },
  key: (dialog, key, look, desk) => {
    const now = stage(dialog.plan, look);
    const count = isStage(now) ? now.items.length : 0;
    const move = (by: number): void =>
      desk.open({...dialog, chosen: Math.max(0, Math.min(count - 1, dialog.chosen + by))});
    switch (key.name) {
      case 'down':
      case 'j': {
        move(1);
        return;
      }
      case 'up':
      case 'k': {
        move(-1);
        return;
      }
      case 'pagedown':
      case 'space': {
        move(8);
        return;
      }
      case 'pageup': {
        move(-8);
        return;
      }
      case 'h': {
        desk.open({...dialog, mode: dialog.mode === 'rehearsal' ? 'live' : 'rehearsal'});
        return;
      }
      case 'enter':
        break;
      default:
        return;
    }
    const plan = isStage(now) ? now.items[dialog.chosen]?.plan : undefined;
    if (isStage(now) && plan === undefined) {
      desk.close();
      return;
    }
    const next = plan === undefined ? now : stage(plan, look);
    if (next === undefined) {
      desk.tell('error', say`This site has no service to run it on.`);
      return;
    }
    if (isStage(next)) {
      desk.open({...dialog, plan: plan ?? {}, chosen: 0});
      return;
    }
    desk.start({...next, service: next.service ?? '', mode: dialog.mode ?? 'live'});
  },
};
