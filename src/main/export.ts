// Exporting from the console: the same code as the command, with its progress on the ledger screen.
import path from 'node:path';
import {exportTools} from '../cli/export-tools.ts';
import type {CommandContext} from '../define.ts';
import {QdError} from '../domain/error.ts';
import type {Scope} from '../domain/kinds-ledger.ts';
import {say, type Shown} from '../domain/show.ts';
import {exportEvidence, type Asked, type ExportStage} from '../evidence/export.ts';
import type {Ledger} from '../ports.ts';
import type {ExportView} from '../state/model.ts';
import type {ConsoleStore} from '../state/store.ts';

const doing: Readonly<Record<ExportStage, Shown>> = {
  writing: say`exporting`,
  verifying: say`verifying what was written`,
  packing: say`packing`,
};

const askedOf = (scope: Scope): Asked =>
  scope.at === 'range' ? {at: 'range', from: String(scope.from), to: String(scope.to - 1)} : scope;

/** Never throws: what went wrong stands on the ledger screen, where the progress was. */
export async function exportHere(
  context: CommandContext,
  {ledger, store}: {readonly ledger: Ledger; readonly store: ConsoleStore},
  {scope, named}: {readonly scope: Scope; readonly named: string},
): Promise<void> {
  const feed = (view: ExportView): void => {
    store.feed({ledger: {...store.api.getState().app.ledger, export: view}});
  };
  feed({at: 'running', what: doing.writing, done: 0, total: store.api.getState().app.ledger.size});
  const target = path.resolve(context.cwd, named);
  try {
    const {slice, files, doubtful} = await exportEvidence(
      {asked: askedOf(scope), target, named, form: 'directory'},
      exportTools(context, ledger, (stage, done, total) => {
        feed({at: 'running', what: doing[stage], done, total});
      }),
    );
    const {from, to} = slice;
    const doubts =
      doubtful === 0 ? '' : `, ${doubtful} places look like secrets: read it before you hand it over`;
    const text = say`${target}: entries ${from} to ${to - 1}, ${files} files, verified${doubts}`;
    feed({at: 'done', ok: true, text});
  } catch (error) {
    const hint = error instanceof QdError && error.hint !== undefined ? ` ${error.hint}` : '';
    const text = say`${error instanceof Error ? error.message : String(error)}${hint}`;
    feed({at: 'done', ok: false, text});
  }
}
