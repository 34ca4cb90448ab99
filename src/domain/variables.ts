// Variables of a run: how they are named, what a value may be, which are asked for before anything acts, and `when`.
import type {Procedure, Runbook, Step} from './runbook.ts';
import {verdicts, type Verdict} from './verdict.ts';

export type Values = ReadonlyMap<string, string>;

const longestValue = 100 * 1024;
const longestName = 100;

/** Names that change what programs do or where they are found; never set from a runbook. */
const refused = new Set(
  `PATH IFS ENV HOME PWD OLDPWD SHELL SHELLOPTS BASHOPTS CDPATH GLOBIGNORE PS0 PS1 PS2 PS3 PS4 PROMPT_COMMAND FPATH
  ZDOTDIR TMPDIR EDITOR VISUAL PAGER BROWSER TERMINFO TERMCAP LOCPATH NLSPATH HOSTALIASES RES_OPTIONS LOCALDOMAIN
  MALLOC_CHECK_ JAVA_TOOL_OPTIONS CLASSPATH LESSOPEN LESSCLOSE LESS MANPAGER SUDO_ASKPASS SUDO_EDITOR SSH_ASKPASS
  SSH_AUTH_SOCK SSLKEYLOGFILE OPENSSL_CONF OPENSSL_MODULES POSIXLY_CORRECT MAKEFLAGS TAR_OPTIONS RSYNC_RSH RUBYOPT
  RUBYLIB EMACS HISTFILE INPUTRC TZDIR HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY`
    .trim()
    .split(/\s+/),
);
const refusedFamilies = /^(?:BASH_|LD_|DYLD_|NODE_|NPM_|PYTHON|GIT_|PERL|QD_|GCONV_|GLIBC_|_)/;

/** Set by every shell or login: a placeholder of that name gets another, and nobody is asked for them. */
const ofTheShell = new Set(
  `USER LOGNAME UID EUID PPID RANDOM SECONDS LINENO HOSTNAME HOSTTYPE OSTYPE MACHTYPE TERM LANG LANGUAGE COLUMNS LINES
  OPTARG OPTIND OPTERR REPLY PIPESTATUS FUNCNAME DIRSTACK GROUPS EPOCHSECONDS EPOCHREALTIME SHLVL MAIL DISPLAY TZ
  STATUS ERRNO COMP_WORDS COPROC MAPFILE READLINE_LINE HISTSIZE HISTFILESIZE`
    .trim()
    .split(/\s+/),
);

/** Why a variable of a run may not be called so; undefined when it may. */
export function nameProblem(name: string): string | undefined {
  if (!/^[A-Z][A-Z0-9_]*$/.test(name))
    return `"${name}" is no name of a variable: capital letters, digits and _, beginning with a letter`;
  if (name.length > longestName) return `"${name}" is longer than ${longestName} characters`;
  if (refused.has(name) || refusedFamilies.test(name))
    return `"${name}" may not be set: it changes what programs do`;
  return undefined;
}

/** Names that the shell or the login sets by itself, which nobody is asked for. */
export const isOfTheShell = (name: string): boolean =>
  ofTheShell.has(name) || (nameProblem(name) !== undefined && /^[A-Z_][A-Z0-9_]*$/.test(name));

/** The variable behind a placeholder: `<service name>` is SERVICE_NAME; `<path>` is PATH_VALUE, for PATH is taken. */
export function variableName(placeholder: string): string | undefined {
  const name = placeholder
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '')
    .slice(0, longestName - '_VALUE'.length);
  if (name === '') return undefined;
  const own = isOfTheShell(name) ? `${name}_VALUE` : name;
  return nameProblem(own) === undefined ? own : `THE_${name}`;
}

/** Why a value is refused, whatever its pattern says (see pattern.ts for that). `no-option`: it may not begin with `-`. */
export function valueProblem(value: string, may: 'anything' | 'no-option'): string | undefined {
  if (value === '') return 'it is empty';
  if (new TextEncoder().encode(value).length > longestValue) return 'it is longer than 100 KiB';
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(value))
    return 'it holds a control character, such as a line break or a tab';
  if (/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/.test(value))
    return 'it holds a character that changes the direction of writing';
  if (!value.isWellFormed()) return 'it is no well-formed text';
  if (may === 'no-option' && value.startsWith('-'))
    return 'it begins with "-", which programs would take for an option';
  return undefined;
}

/** A default or a pattern that begins with a dash declares that an option is meant to be possible. */
export const mayOf = ({
  pattern,
  default: value,
}: {
  readonly pattern: string | undefined;
  readonly default: string | undefined;
}): 'anything' | 'no-option' =>
  value?.startsWith('-') === true || (pattern !== undefined && /^\^?\(*(?:\?:)?\\?-/.test(pattern))
    ? 'anything'
    : 'no-option';

/** A variable that is asked for before the first step that acts. */
export interface AskedVariable {
  readonly name: string;
  readonly description: string;
  /** Offered, and taken when the operator says so. */
  readonly default?: string;
  readonly pattern?: string;
  /** As it stands in the file, without the angle brackets. */
  readonly placeholder?: string;
  readonly may: 'anything' | 'no-option';
  readonly secret: false;
}

/** A variable that a step of the procedure cannot do without; `needs` of its plan gives the names. */
export interface Need {
  readonly name: string;
  readonly step: Pick<Step, 'title' | 'line'>;
}

/**
 * What is asked for, in order: the file's `vars`, then its placeholders, then `$NAME` that nothing sets. `needs` are
 * the names in the plans of the procedure's steps, `isSet` says what the environment has already.
 */
export function variablesOf(
  runbook: Pick<Runbook, 'meta' | 'placeholders'>,
  procedure: Pick<Procedure, 'phases'>,
  {needs, isSet}: {readonly needs: readonly Need[]; readonly isSet: (name: string) => boolean},
): readonly AskedVariable[] {
  const given = new Set(
    procedure.phases.flatMap(({steps}) => allSteps(steps)).flatMap(({attributes}) => givenBy(attributes)),
  );
  const asked = new Map<string, AskedVariable>();
  const take = (variable: Omit<AskedVariable, 'secret'>): void => {
    const {name} = variable;
    if (asked.has(name) || given.has(name) || Object.hasOwn(runbook.meta.secrets, name)) return;
    asked.set(name, {...variable, secret: false});
  };
  for (const {name, description, default: value, pattern} of runbook.meta.vars) {
    take({
      name,
      description,
      may: mayOf({pattern, default: value}),
      ...(value === undefined ? {} : {default: value}),
      ...(pattern === undefined ? {} : {pattern}),
    });
  }
  // `$NAME` may be set in the environment; those that are not are asked for below.
  const angled = runbook.placeholders.filter(each => !each.startsWith('$'));
  const placeholders = new Map(angled.map(each => [variableName(each), each]));
  for (const {name, step} of needs) {
    const placeholder = placeholders.get(name);
    if (placeholder !== undefined)
      take({name, description: `<${placeholder}> in "${step.title}"`, placeholder, may: 'no-option'});
  }
  for (const {name, step} of needs) {
    if (isOfTheShell(name) || nameProblem(name) !== undefined || isSet(name)) continue;
    take({name, description: `$${name} in "${step.title}" (line ${step.line})`, may: 'no-option'});
  }
  return [...asked.values()];
}

const allSteps = (steps: readonly Step[]): readonly Step[] =>
  steps.flatMap(step => [step, ...allSteps(step.children)]);

/** Names that a step gives a value to while the procedure is walked. */
const givenBy = ({var: name, capture}: Step['attributes']): readonly string[] =>
  [name, capture].filter(each => each !== undefined);

export type When =
  | {readonly at: 'variable'; readonly name: string; readonly is: boolean; readonly value: string}
  | {readonly at: 'check'; readonly check: string; readonly is: boolean; readonly verdict: Verdict}
  | {readonly at: 'wrong'; readonly problem: string};

/** `NAME=value`, `NAME!=value`, `check:service/check=pass`, `check:ready!=fail`. */
export function parseWhen(text: string): When {
  const [, left, operator, right = ''] = /^\s*([^=!]+?)\s*(!?=)\s*(.*?)\s*$/s.exec(text) ?? [];
  if (left === undefined) {
    return {
      at: 'wrong',
      problem: `"when": "${text}" must be NAME=value, NAME!=value or check:service/check=pass`,
    };
  }
  const is = operator === '=';
  if (!left.startsWith('check:')) {
    const problem = nameProblem(left);
    return problem === undefined
      ? {at: 'variable', name: left, is, value: right}
      : {at: 'wrong', problem: `"when": ${problem}`};
  }
  const check = left.slice('check:'.length).trim();
  const verdict = verdicts.find(each => each === right);
  if (check === '') return {at: 'wrong', problem: '"when": there is no name behind "check:"'};
  if (verdict === undefined)
    return {at: 'wrong', problem: `"when": "${right}" is no verdict; verdicts are ${verdicts.join(', ')}`};
  return {at: 'check', check, is, verdict};
}
