// `guards`: which rules are in force, and what a text would be refused for.
import path from 'node:path';
import {z} from 'zod';
import {defineCommand, type CommandContext} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {say, show} from '../domain/show.ts';
import type {Site} from '../domain/site.ts';
import {scriptText} from '../engine/scripts.ts';
import {
  guardsOf,
  judge,
  prepareGuards,
  shippedGuards,
  textsFor,
  type StandingGuard,
} from '../guards/index.ts';

const jsonOption = {flags: '--json', summary: 'as JSON'};

const siteOf = async (context: CommandContext): Promise<Site | undefined> =>
  context.site().catch((error: unknown) => {
    if (error instanceof QdError && error.code === 'SITE_NOT_FOUND') return undefined;
    throw error;
  });

/** The shipped guards, the site's, and those of every runbook; without a site, the shipped ones. */
export async function everyGuard(context: CommandContext): Promise<readonly StandingGuard[]> {
  const site = await siteOf(context);
  if (site === undefined) return shippedGuards;
  const runbooks = await context.runbooks();
  const found = new Map<string, StandingGuard>();
  for (const guard of guardsOf(site, undefined, undefined)) found.set(guard.id, guard);
  for (const runbook of runbooks) {
    for (const procedure of runbook.procedures) {
      for (const guard of guardsOf(undefined, runbook, procedure)) found.set(guard.id, guard);
    }
  }
  return [...found.values()];
}

export const guardsList = defineCommand({
  name: 'guards list',
  summary: 'rules that no step may break: the shipped ones, the site’s, and those of runbooks',
  options: [jsonOption],
  examples: [{line: 'quarterdeck guards list', does: 'each with its patterns'}],
  input: z.strictObject({args: z.array(z.string()).max(0), json: z.boolean().optional()}),
  run: async ({json = false}, context) => {
    const {talk} = context;
    const guards = await everyGuard(context);
    if (json) {
      talk.json({v: 1, guards});
      return exit.good;
    }
    for (const {id, title, absolute, from, line, argv, sql, path, env} of guards) {
      const place = line === 0 ? from : `${from}, line ${line}`;
      talk.out(say`${id}  ${absolute ? 'ABSOLUTE  ' : ''}(${place})`);
      talk.out(say`  ${title}`);
      for (const [kind, patterns] of Object.entries({argv, sql, path, env})) {
        if (patterns.length > 0) talk.out(say`  ${kind}: ${patterns.join(', ')}`);
      }
    }
    return exit.good;
  },
});

const mostBytes = 1 << 20;

async function textOf(file: string, {talk, files, cwd}: CommandContext): Promise<string> {
  if (file !== '-') {
    const read = await files.read(path.resolve(cwd, file), mostBytes);
    if (read.at === 'read') return new TextDecoder().decode(read.bytes);
    throw new QdError('FILE_UNREADABLE', `${file} cannot be read: ${read.message}`);
  }
  // Of what is pasted at a terminal, lines that arrive before they are asked for are thrown away.
  if (talk.interactive) {
    throw new QdError('USAGE', 'What is typed at a terminal is not read here.', {
      hint: 'Name a file, or give the text through a pipe: quarterdeck guards test - < step.sh',
    });
  }
  const lines: string[] = [];
  for (let line = await talk.ask(show('')); line !== undefined; line = await talk.ask(show('')))
    lines.push(line);
  return lines.join('\n');
}

export const guardsTest = defineCommand({
  name: 'guards test',
  summary: 'what a text of shell commands would be refused for; nothing is run',
  arguments: [{spec: '<file>', summary: 'a file, or - for standard input'}],
  options: [jsonOption],
  examples: [{line: 'quarterdeck guards test step.sh', does: 'exit status 1 when it is refused'}],
  input: z.strictObject({args: z.tuple([z.string().min(1)]), json: z.boolean().optional()}),
  run: async ({args: [file], json = false}, context) => {
    const {talk} = context;
    const text = await textOf(file, context);
    await prepareGuards();
    // As a step would be: from the folder of the site, with the scripts that it runs from there.
    const cwd = (await siteOf(context))?.dir ?? context.cwd;
    const texts = await textsFor([{text}], {cwd}, scriptText(context.files));
    const refusals = judge({text}, {guards: await everyGuard(context), opened: [], cwd, texts});
    const isRefused = refusals.some(({certain}) => certain);
    if (json) talk.json({v: 1, refused: isRefused, refusals});
    else if (refusals.length === 0) talk.out(show('Nothing stands against it.'));
    for (const {guard, title, pattern, matched, absolute, certain} of json ? [] : refusals) {
      const what = certain ? (absolute ? 'REFUSED, nothing opens it' : 'REFUSED') : 'must be typed';
      talk.out(say`${what}: ${title}`);
      if (pattern !== '') talk.out(say`  ${guard}, ${pattern}`);
      if (matched !== '') talk.out(say`  ${matched}`);
    }
    return isRefused ? exit.no : exit.good;
  },
});
