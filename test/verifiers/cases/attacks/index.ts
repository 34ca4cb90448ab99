// The tamper matrix by what is done; each with the verdict that docs/formats/ledger.md gives it.
import type {Group} from '../tools.ts';
import {artifacts, links, names, nodes, reports, tars} from './containers.ts';
import {cut, rewritten} from './cut.ts';
import {added, deleted, swapped} from './entries.ts';
import {forked, origins, resignedLogs, rolledBack} from './logs.ts';
import {notes, versions} from './notes.ts';
import {disclosures} from './values.ts';

export const attacks: readonly Group[] = [
  {title: 'Entries deleted', cases: deleted},
  {title: 'Entries swapped', cases: swapped},
  {title: 'Entries inserted and duplicated', cases: added},
  {title: 'Cut, and cut and continued', cases: cut},
  {title: 'Rewritten', cases: rewritten},
  {title: 'Rolled back and deleted', cases: rolledBack},
  {title: 'Two forks', cases: forked},
  {title: 'Another origin', cases: origins},
  {title: 'Signed again with another key', cases: resignedLogs},
  {title: 'Notes', cases: notes},
  {title: 'Unknown versions', cases: versions},
  {title: 'Nodes in the place of leaves', cases: nodes},
  {title: 'Artifacts', cases: artifacts},
  {title: 'Values', cases: disclosures},
  {title: 'Edited reports and files', cases: reports},
  {title: 'Links', cases: links},
  {title: 'Names', cases: names},
  {title: 'Tars', cases: tars},
];
