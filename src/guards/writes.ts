// Which files a command writes, moves or removes: one row for each program that is known to.
import {readOptions, type OptionNames} from './options.ts';
import {hole} from './overlap.ts';

export interface Write {
  readonly path: string;
  /** With everything beneath it. */
  readonly deep: boolean;
}

interface Writer extends OptionNames {
  readonly paths: (
    operands: readonly string[],
    has: (...names: string[]) => boolean,
    of: (name: string) => readonly string[],
  ) => readonly Write[];
}

const flat = (paths: readonly string[]): Write[] => paths.map(path => ({path, deep: false}));
const every = (paths: readonly string[], deep: boolean): Write[] => paths.map(path => ({path, deep}));
const base = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? '';

/** Where copies arrive: the last operand or `-t`, and, should that be a folder, the names in it. */
function arrivals(operands: readonly string[], target: string | undefined): Write[] {
  const to = target ?? operands.at(-1);
  if (to === undefined) return [];
  const from = target === undefined ? operands.slice(0, -1) : operands;
  return flat([
    ...(to.endsWith('/') ? [] : [to]),
    ...from.map(path => `${to.replace(/\/+$/, '')}/${base(path)}`),
  ]);
}

const copies: Writer = {
  short: 'tSmgo',
  long: ['target-directory', 'suffix', 'mode', 'owner', 'group'],
  paths: (operands, _, of) => arrivals(operands, [...of('t'), ...of('target-directory')][0]),
};
const modes: Writer = {
  paths: (operands, has) => every(has('reference') ? operands : operands.slice(1), has('R', 'recursive')),
};
const editors: Writer = {paths: operands => flat(operands)};

const writers: Readonly<Record<string, Writer>> = {
  rm: {paths: (operands, has) => every(operands, has('r', 'R', 'recursive'))},
  rmdir: editors,
  unlink: editors,
  shred: {short: 'nsx', paths: editors.paths},
  mv: {
    ...copies,
    paths: (operands, _, of) => {
      const target = [...of('t'), ...of('target-directory')][0];
      const from = target === undefined ? operands.slice(0, -1) : operands;
      return [...every(from, true), ...arrivals(operands, target)];
    },
  },
  rename: {paths: operands => flat(operands.slice(1))},
  cp: copies,
  install: copies,
  ln: {short: 'tS', long: ['target-directory', 'suffix'], paths: copies.paths},
  scp: {short: 'FiJloPSX', paths: operands => arrivals(operands, undefined)},
  rsync: {
    short: 'efTBM',
    long: ['rsh', 'exclude', 'include', 'filter', 'files-from', 'temp-dir', 'chmod', 'rsync-path'],
    paths: (operands, has) => {
      const isDeep = has(
        'delete',
        'delete-before',
        'delete-after',
        'delete-during',
        'delete-excluded',
        'del',
      );
      return [...every(operands.slice(-1), isDeep), ...arrivals(operands, undefined)];
    },
  },
  chmod: modes,
  chown: modes,
  chgrp: modes,
  chattr: modes,
  setfacl: {short: 'mxMX', paths: (operands, has) => every(operands, has('R', 'recursive'))},
  touch: {short: 'drt', paths: editors.paths},
  truncate: {short: 'sr', long: ['size', 'reference'], paths: editors.paths},
  tee: editors,
  sponge: editors,
  patch: {short: 'piodBDFgrYVz', paths: (operands, _, of) => flat([...operands.slice(0, 1), ...of('o')])},
  dd: {
    paths: operands => flat(operands.filter(word => word.startsWith('of=')).map(word => word.slice(3))),
  },
  sed: {
    short: 'efl',
    long: ['expression', 'file', 'line-length'],
    paths: (operands, has) =>
      has('i', 'in-place') ? flat(has('e', 'f', 'expression', 'file') ? operands : operands.slice(1)) : [],
  },
  perl: {
    short: 'eEIMm',
    paths: (operands, has) => (has('i') ? flat(has('e', 'E') ? operands : operands.slice(1)) : []),
  },
  vi: editors,
  vim: editors,
  nvim: editors,
  nano: editors,
  emacs: editors,
  ed: editors,
  ex: editors,
  sort: {short: 'oktTS', long: ['output'], paths: (_, __, of) => flat([...of('o'), ...of('output')])},
  curl: {
    short: 'oHdXubAeFTKmwxEC',
    long: ['output', 'header', 'data', 'request', 'user'],
    paths: (_, __, of) => flat([...of('o'), ...of('output')]),
  },
  wget: {
    short: 'OPoaUte',
    long: ['output-document'],
    paths: (_, __, of) => flat([...of('O'), ...of('output-document')]),
  },
  tar: {
    short: 'fCXTbHIg',
    long: ['file', 'directory', 'exclude'],
    paths: (operands, has, of) => {
      const [first = ''] = operands;
      const isOld = /^[A-Za-z]+$/.test(first);
      const into = [...of('C'), ...of('directory')].map(folder => `${folder}/${hole}`);
      if (has('x', 'extract', 'get') || (isOld && first.includes('x'))) return flat(into);
      const written = has('c', 'create', 'r', 'append', 'u', 'update') || (isOld && /[cru]/.test(first));
      return written ? flat([...of('f'), ...of('file'), ...(isOld ? operands.slice(1, 2) : [])]) : [];
    },
  },
  unzip: {short: 'dx', paths: (_, __, of) => flat(of('d').map(folder => `${folder}/${hole}`))},
  gzip: {short: 'S', paths: (operands, has) => (has('c', 'k', 't', 'l') ? [] : flat(operands))},
  gunzip: {short: 'S', paths: (operands, has) => (has('c', 'k', 't', 'l') ? [] : flat(operands))},
};

/** The files that this program writes with these arguments, as they are named; none for a program that is not known. */
export function writesOf(program: string, args: readonly string[]): readonly Write[] {
  if (program === 'find') return foundAndRemoved(args);
  if (program === 'git') return gitRemoves(args);
  if (program.startsWith('mkfs') || program === 'wipefs')
    return flat(args.filter(arg => arg.startsWith('/')));
  const writer = Object.hasOwn(writers, program) ? writers[program] : undefined;
  if (writer === undefined) return [];
  const {options, operands} = readOptions(args, writer);
  const has = (...names: string[]) => names.some(name => options.has(name));
  return writer.paths(operands, has, name => options.get(name) ?? []);
}

/** Where `find` begins to look: the words before its first test. */
export function startsOfFind(args: readonly string[]): readonly string[] {
  const from = args.findIndex(arg => !/^-(?:[HLP]|O\d?)$/.test(arg));
  const words = from === -1 ? [] : args.slice(from);
  const end = words.findIndex(word => /^[-(!]/.test(word));
  const starts = end === -1 ? words : words.slice(0, end);
  return starts.length === 0 ? ['.'] : starts;
}

/** `-delete` removes below every start; with a name or path to look for, only what is called so. */
function foundAndRemoved(args: readonly string[]): readonly Write[] {
  if (!args.includes('-delete')) return [];
  const test = args.findIndex(arg => /^-i?(?:name|path|wholename|regex)$/.test(arg));
  const wanted = test === -1 ? undefined : args[test + 1];
  return startsOfFind(args).map(path =>
    wanted === undefined
      ? {path, deep: true}
      : {
          path: `${path.replace(/\/+$/, '')}/${wanted.split('/').at(-1)?.replaceAll('*', hole) ?? hole}`,
          deep: false,
        },
  );
}

function gitRemoves(args: readonly string[]): readonly Write[] {
  const {operands} = readOptions(args, {short: 'Cc', stops: true});
  const [verb, ...rest] = operands;
  if (verb !== 'rm' && verb !== 'mv') return [];
  return writesOf(verb, rest);
}
