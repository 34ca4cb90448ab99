// How a step is carried out: where, as whom, how often, what is kept of its output, and what a lost connection means.
import type {StepPlan, StepSetting} from '../define.ts';
import {didYouMean} from '../domain/nearest.ts';
import type {Step} from '../domain/runbook.ts';
import {nameProblem} from '../domain/variables.ts';
import {readPattern} from '../pattern.ts';
import {limitsOf, sizeBytes} from './limits.ts';

type Carried = Omit<StepPlan, 'act' | 'lines'>;
type OrProblem<T> = T | {readonly problem: string};

const most = {retries: 20} as const;

/** Everything of a plan that the attributes of a process say, with where and as whom it runs; or what is wrong. */
export function carriedOutAt(step: Step, {site}: StepSetting): OrProblem<Carried> {
  const place = placeOf(step, site);
  if ('problem' in place) return place;
  const carried = carriedOut(step);
  return 'problem' in carried ? carried : {...carried, ...place};
}

/** Everything of a plan that the attributes say, or what is wrong with them. */
export function carriedOut(step: Step): OrProblem<Carried> {
  const {attributes, effect} = step;
  const kept = keptOf(step);
  if ('problem' in kept) return kept;
  const {retries, expect, login, 'on-disconnect': left, 'max-output': size} = attributes;
  if (retries !== undefined && retries > 0 && effect !== 'read')
    return {problem: '"retries" is for reads only: what changes something is done again only by an operator'};
  if ((retries ?? 0) > most.retries) return {problem: `"retries" may be at most ${most.retries}`};
  const maxOutputBytes = size === undefined ? undefined : sizeBytes(size);
  if (size !== undefined && maxOutputBytes === undefined)
    return {problem: `"max-output": "${size}" is no size such as 64KB, 10MB or 1GB`};
  return {
    ...limitsOf(step),
    ...kept,
    ...(expect === undefined ? {} : {expect}),
    ...(retries === undefined ? {} : {retries}),
    ...(left === undefined ? {} : {onDisconnect: left}),
    ...(login === undefined ? {} : {login}),
    ...(maxOutputBytes === undefined ? {} : {maxOutputBytes}),
  };
}

/** `ssh:ALIAS` or a name of the site's hosts; the account is the step's, else the site's for that host. */
function placeOf(
  {attributes}: Step,
  {hosts = {}, runAs: accounts = {}}: StepSetting['site'],
): OrProblem<Pick<StepPlan, 'on' | 'runAs'>> {
  const {on = 'local', 'run-as': wanted} = attributes;
  const alias = on === 'local' ? undefined : on.startsWith('ssh:') ? on.slice(4) : own(hosts, on)?.ssh;
  if (on !== 'local' && alias === undefined) {
    const near = didYouMean(on, ['local', ...Object.keys(hosts)]);
    return {
      problem: `"on": "${on}" is neither "local", nor "ssh:" and an alias of ~/.ssh/config, nor a name under \`hosts\` of the site.${near}`,
    };
  }
  if (alias !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9_.@:-]{0,254}$/.test(alias))
    return {problem: `"on": "${alias}" is no host or alias of ~/.ssh/config`};
  // An alias that a name of the site stands for has that name's account.
  const named = Object.keys(hosts).find(name => own(hosts, name)?.ssh === alias);
  const account =
    wanted ?? own(accounts, on) ?? own(accounts, alias ?? 'local') ?? own(accounts, named ?? '');
  if (account !== undefined && !/^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/.test(account))
    return {problem: `"run-as": "${account}" is no name of an account`};
  return {...(alias === undefined ? {} : {on: alias}), ...(account === undefined ? {} : {runAs: account})};
}

const own = <T>(from: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(from, name) ? from[name] : undefined;

function keptOf({attributes}: Step): OrProblem<Pick<StepPlan, 'capture'>> {
  const {capture: name, re} = attributes;
  if (name === undefined)
    return re === undefined
      ? {}
      : {problem: '"re" says what is captured, but "capture" does not say into which variable'};
  const wrong = nameProblem(name);
  if (wrong !== undefined) return {problem: `"capture": ${wrong}`};
  if (re === undefined) return {capture: {name}};
  const pattern = readPattern(re);
  return 'problem' in pattern ? {problem: `"re": ${pattern.problem}`} : {capture: {name, re}};
}
