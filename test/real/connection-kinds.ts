// Each kind of step during which a connection can be lost: how it is reached, and what becomes of it.
import {pressUntil} from '../e2e/place.ts';
import type {PtyRobot} from '../helpers/robot.ts';

/** What a step does outside, and how it is let go on. */
export interface Outside {
  readonly go: () => void;
  readonly traces: () => number;
}

/** Where a step finds what it acts on. */
export interface Stage {
  /** Of the server that answers when the test lets it. */
  readonly origin: string;
  /** The folder that `go` and `appended` are in. */
  readonly dir: string;
}

export type Kind = {
  readonly what: string;
  /** The second of three steps. */
  readonly step: (stage: Stage) => string;
  /** Brings it to where the connection is lost. */
  readonly reach: (on: PtyRobot) => Promise<unknown>;
  /** How often it acts outside. */
  readonly traces: number;
} & (
  | {readonly then: 'runs'}
  /** It is still asked at the next login. */
  | {readonly then: 'asks'; readonly answer: (on: PtyRobot) => Promise<unknown>}
  /** What has the terminal goes with it, which is recorded; it is run again at the next login. */
  | {readonly then: 'ends'; readonly again: (on: PtyRobot) => Promise<unknown>}
);

const fence = '```';
const indent = (text: string): string => text.replace(/^(?=.)/gm, '   ');

const shell = (attributes: string, text: string): string =>
  indent(`${fence}sh {"name":"act",${attributes}}\n${text}\n${fence}\n`);

/** Says that it began, and is done when the test lets it. */
const held =
  'echo begun; while [ ! -e "$HOME/go" ]; do sleep 0.05; done; echo once >>"$HOME/appended"; echo ended';
/** The same, wherever it runs. */
const heldIn = (dir: string): string => held.replaceAll('$HOME', dir);
const once = 'echo once >>"$HOME/appended"';

/** Opens the dialog and reads it: keys that come sooner are taken for type-ahead. */
async function openTyped(on: PtyRobot): Promise<void> {
  await pressUntil(on, 'y', 'Type the name to go on: api');
  await on.settles(600);
}

/** Types the name that is expected, and a reason. */
async function typeName(on: PtyRobot): Promise<void> {
  await openTyped(on);
  await on.type('api');
  await on.press('enter');
  await on.sees('reason');
  await on.type('it must be');
  await on.press('enter');
}

/** After a failure that is on the screen: asked anew, and begun. */
async function runAgain(on: PtyRobot): Promise<void> {
  await pressUntil(on, 'r', 'This takes your terminal', 40_000);
  await on.settles(600);
  await pressUntil(on, 'y', /^y*begun/m, 40_000);
}

export const kinds: readonly Kind[] = [
  {
    what: 'a command that reads',
    step: () => `2. Look at it\n\n${shell('"effect":"read","timeout":"120s"', held)}`,
    reach: async on => pressUntil(on, 'enter', '│ begun'),
    then: 'runs',
    traces: 1,
  },
  {
    what: 'a command that writes',
    step: () => `2. Do it\n\n${shell('"effect":"write"', held)}`,
    reach: async on => pressUntil(on, 'y', '│ begun'),
    then: 'runs',
    traces: 1,
  },
  {
    what: 'a request that writes',
    step: ({origin}) =>
      `2. Ask for it\n\n${indent(`${fence}http {"name":"act","effect":"write","timeout":"120s"}\nPOST ${origin}/act\n${fence}\n`)}`,
    reach: async on => pressUntil(on, 'y', '▶ running'),
    then: 'runs',
    traces: 1,
  },
  {
    what: 'a command on another host',
    step: ({dir}) => `2. Do it there\n\n${shell('"effect":"write","on":"ssh:box"', heldIn(dir))}`,
    reach: async on => pressUntil(on, 'y', '│ begun', 40_000),
    then: 'runs',
    traces: 1,
  },
  {
    what: 'a program that has the terminal',
    step: ({dir}) => `2. Look around\n\n${shell('"effect":"write","type":"terminal"', heldIn(dir))}`,
    reach: async on => pressUntil(on, 'y', /^y*begun/m, 40_000),
    then: 'ends',
    again: runAgain,
    traces: 1,
  },
  {
    what: 'a program on another host that has the terminal',
    step: ({dir}) =>
      `2. Look around there\n\n${shell('"effect":"write","type":"terminal","on":"ssh:box"', heldIn(dir))}`,
    reach: async on => pressUntil(on, 'y', /^y*begun/m, 40_000),
    then: 'ends',
    again: runAgain,
    traces: 1,
  },
  {
    what: 'a wait',
    step: () => `2. Wait a moment\n\n   <!-- qd: {"type":"wait","name":"act","for":"5s"} -->\n`,
    reach: async on => pressUntil(on, 'enter', '▶ wait 5s'),
    then: 'asks',
    answer: async on => pressUntil(on, 'enter', 'Step 3', 60_000),
    traces: 0,
  },
  {
    what: 'a question whether it is done',
    step: () => `2. Look out of the window\n\n   <!-- qd: {"type":"manual","name":"act"} -->\n`,
    reach: async on => on.sees('Is this done on STAGING / api?'),
    then: 'asks',
    answer: async on => pressUntil(on, 'y', 'Step 3'),
    traces: 0,
  },
  {
    what: 'a name that is half typed',
    step: () => `2. Drop it\n\n${shell('"effect":"irreversible"', once)}`,
    reach: async on => {
      await openTyped(on);
      await on.type('ap');
      await on.sees(/name\s+ap/);
    },
    then: 'asks',
    answer: typeName,
    traces: 1,
  },
  {
    what: 'a decision',
    step: () =>
      `2. Does it answer?\n   - **Yes**: go on\n   - **No**: go on too\n\n   <!-- qd: {"name":"act"} -->\n`,
    reach: async on => on.sees(/1 {2}Yes/),
    then: 'asks',
    answer: async on => pressUntil(on, '1', 'Step 3'),
    traces: 0,
  },
  {
    what: 'a value that is half typed',
    step: () => `2. Which one?\n\n   <!-- qd: {"type":"input","name":"act","var":"TARGET"} -->\n`,
    reach: async on => {
      await pressUntil(on, 'y', 'use it');
      await on.settles(600);
      await on.type('eu-wes');
      await on.sees('eu-wes');
    },
    then: 'asks',
    answer: async on => {
      await pressUntil(on, 'y', 'use it');
      await on.settles(600);
      await on.type('eu-west');
      await on.settles(600);
      await on.press('enter');
    },
    traces: 0,
  },
];
