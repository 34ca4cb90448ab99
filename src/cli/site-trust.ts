// `site trust`: shows what changed since the site was last trusted, and pins what was shown.
import {z} from 'zod';
import {defineCommand, type Talk} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {say, showLines} from '../domain/show.ts';
import {textOf} from '../domain/utf8.ts';
import {unifiedDiff} from '../site/diff.ts';
import {invalid, lintSite} from '../site/load.ts';
import {changedFiles, pin, pinnedFiles, type PinnedFile} from '../site/trust.ts';

export const siteTrust = defineCommand({
  name: 'site trust',
  summary: 'show what changed in the site, and let it run commands',
  options: [
    {flags: '--yes', summary: 'do not ask; for scripts that reviewed the files elsewhere'},
    {flags: '--json', summary: 'as JSON; needs --yes'},
  ],
  examples: [
    {line: 'quarterdeck site trust', does: 'shows the diff and asks'},
    {line: 'quarterdeck --site ops site trust --yes', does: 'for scripts'},
  ],
  input: z.strictObject({
    args: z.array(z.string()).max(0),
    yes: z.boolean().optional(),
    json: z.boolean().optional(),
  }),
  run: async (
    {yes = false, json = false},
    {talk, cwd, env, files, checks, channels, shippedRunbooks, actor, siteDir},
  ) => {
    const place = {env, files, uid: actor.uid};
    const linted = await lintSite({siteDir, cwd, checks, channels, runbookIds: shippedRunbooks, ...place});
    if (linted.site === undefined) throw invalid(linted);
    const {folder, bytes} = linted;
    const before = await pinnedFiles(folder.dir, place);
    const changed = changedFiles(before?.hashes ?? {}, bytes.hashes);
    const done = (asked: boolean) => {
      if (json) talk.json({v: 1, dir: folder.dir, trusted: asked, changed});
      return asked ? exit.good : exit.refused;
    };
    if (before !== undefined && changed.length === 0) {
      if (!json) talk.out(say`${folder.dir}: nothing changed since it was trusted`);
      return done(true);
    }
    if (!yes && (json || !talk.interactive)) {
      throw new QdError('NOT_A_TERMINAL', '`site trust` asks before it trusts, and there is nobody to ask.', {
        hint: 'Review the files, then run `quarterdeck site trust --yes`.',
      });
    }
    if (!json) {
      for (const path of changed) printChange(talk, path, await before?.copy(path), bytes.contents.get(path));
      if (before === undefined) talk.out(say`${folder.dir} was never trusted; everything in it is new.`);
    }
    if (!yes) {
      const answer = await talk.ask(say`Let this site run commands as ${actor.user}? Type y for yes:`);
      if (answer?.trim().toLowerCase() !== 'y') {
        talk.err(say`quarterdeck: not trusted; the site stays read-only`);
        return done(false);
      }
    }
    await pin(folder.dir, bytes, place);
    if (!json) talk.out(say`${folder.dir} is trusted: ${Object.keys(bytes.hashes).length} files pinned`);
    return done(true);
  },
});

function printChange(
  talk: Talk,
  path: string,
  before: PinnedFile | undefined,
  after: Uint8Array | undefined,
): void {
  talk.out(say`--- ${before === undefined ? '/dev/null' : path}`);
  talk.out(say`+++ ${after === undefined ? '/dev/null' : path}`);
  if (before?.bytes === undefined && before !== undefined) {
    talk.out(say`(the copy of what was trusted is gone; the whole file is shown)`);
  }
  const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : textOf(bytes));
  for (const line of unifiedDiff(text(before?.bytes), text(after))) {
    for (const shown of showLines(line)) talk.out(shown);
  }
}
