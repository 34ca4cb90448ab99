// Lint of what the parser cannot see as a step: fences that are none, and commands meant for a shell inside a shell.
import type {Problem, Procedure, Runbook, Step} from '../domain/runbook.ts';

/** Lines that look like the beginning of a fence but are none, for a backtick in the info string ends it. */
export function textProblems({source}: Runbook): Problem[] {
  const out: Problem[] = [];
  const lines = source.split('\n');
  let fence: string | undefined;
  for (const [i, line] of lines.entries()) {
    const mark = /^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)?(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark === undefined) continue;
    if (fence !== undefined) {
      if (
        line
          .trim()
          .replace(/^[>\s]*/, '')
          .startsWith(fence) &&
        line.trim().endsWith(mark)
      )
        fence = undefined;
      continue;
    }
    const info = line.slice(line.indexOf(mark) + mark.length);
    if (mark.startsWith('`') && info.includes('`')) {
      if (!/`{3,}\s*$/.test(info) || info.includes('{"'))
        out.push({
          code: 'backtick-in-info',
          line: i + 1,
          level: 'error',
          message:
            'A backtick after the language ends the fence before it begins; use ~~~ for this block, or no backtick.',
        });
    } else fence = mark;
  }
  return out;
}

/** Opens a shell in which what follows may be meant to be typed; editors and pagers open none. */
const opensShell =
  /\b(?:ssh|chroot|nsenter|su|psql|mysql|mongo(?:sh)?|redis-cli|sqlite3|telnet)\b|\b(?:debug|rsh|exec|run|attach|console|dbconsole)\b|\bsudo\s+-[is]\b/;

/** A step that opens a shell, with commands after it in the same list: they would run here, not in there. */
export function nestedShells(procedure: Procedure, seen: ReadonlySet<Step>): Problem[] {
  const out: Problem[] = [];
  for (const {steps} of procedure.phases) {
    const flat = (step: Step): Step[] => [step, ...step.children.flatMap(flat)];
    const all = steps
      .flatMap(flat)
      .filter(step => seen.has(step) && step.command !== undefined && step.type !== 'http');
    for (const [i, step] of all.entries()) {
      const next = all[i + 1];
      if (step.type !== 'terminal' || next === undefined || next.type === 'terminal') continue;
      if (!opensShell.test(step.command ?? '') || /(?:^|\n)\s*exit\s*$/.test(step.command ?? '')) continue;
      out.push({
        code: 'nested-shell',
        line: step.line,
        level: 'warning',
        message: `This step opens a shell. The command on line ${next.line} runs on the step's own host, not inside it: say where it runs with "on", or put both into one block.`,
      });
    }
  }
  return out;
}
