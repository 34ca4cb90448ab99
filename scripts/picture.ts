// `node scripts/picture.ts`: the pictures of the README, taken from the running demo on a real terminal.
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {robot, type PtyRobot} from '../test/helpers/robot.ts';

const root = path.resolve(import.meta.dirname, '..');
const cell = {width: 8.4, height: 18};
const palette: Readonly<Record<number, string>> = {
  0: '#16191d',
  1: '#ff6b6b',
  2: '#7bd88f',
  3: '#f5c451',
  5: '#c792ea',
  6: '#5cc8e6',
  7: '#e6e6e6',
};
const ground = {fg: '#d6d9de', bg: '#16191d', dim: '#7d8590'};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The screen as SVG: one text element for each run of cells that look alike. */
function svg(on: PtyRobot): string {
  const rows = on.cells();
  const columns = rows[0]?.length ?? 0;
  const parts: string[] = [];
  rows.forEach((row, y) => {
    let from = 0;
    for (let x = 1; x <= row.length; x++) {
      const first = row[from];
      const next = row[x];
      if (first === undefined) break;
      if (
        next !== undefined &&
        next.fg === first.fg &&
        next.bg === first.bg &&
        next.bold === first.bold &&
        next.dim === first.dim
      )
        continue;
      const text = row
        .slice(from, x)
        .map(({chars}) => (chars === '' ? ' ' : chars))
        .join('');
      const left = 10 + from * cell.width;
      const top = 10 + y * cell.height;
      const wide = (x - from) * cell.width;
      if (first.bg !== undefined)
        parts.push(
          `<rect x="${left.toFixed(1)}" y="${top}" width="${wide.toFixed(1)}" height="${cell.height}" fill="${palette[first.bg] ?? ground.bg}"/>`,
        );
      if (text.trim() !== '') {
        const colour = first.dim
          ? ground.dim
          : first.fg === undefined
            ? ground.fg
            : (palette[first.fg] ?? ground.fg);
        parts.push(
          `<text x="${left.toFixed(1)}" y="${top + 13}" fill="${colour}"${first.bold ? ' font-weight="bold"' : ''} textLength="${wide.toFixed(1)}" xml:space="preserve">${escaped(text)}</text>`,
        );
      }
      from = x;
    }
  });
  const width = Math.ceil(20 + columns * cell.width);
  const height = 20 + rows.length * cell.height;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
<rect width="100%" height="100%" rx="8" fill="${ground.bg}"/>
${parts.join('\n')}
</svg>
`;
}

const home = mkdtempSync(path.join(os.tmpdir(), 'qd-picture-'));
const on = robot({
  command: process.execPath,
  args: ['bin/quarterdeck', 'demo'],
  cwd: root,
  cols: 100,
  rows: 26,
  env: {
    QUARTERDECK_HOME: path.join(home, 'data'),
    HOME: home,
    XDG_STATE_HOME: home,
    QUARTERDECK_OPERATOR: 'mara',
  },
});
const save = (name: string): void => writeFileSync(path.join(root, 'docs/images', name), svg(on));
try {
  await on.sees('all pass', 60_000);
  await on.press('F');
  await on.sees('since', 20_000);
  await on.press('/');
  await on.type('event');
  await on.press('enter', 'escape');
  await on.settles(2500);
  save('services.svg');
  await on.press('/');
  await on.type('event');
  await on.press('enter', 'r');
  await on.sees('Incident: Database Unavailable');
  await on.press('enter');
  for (let step = 1; step <= 8; step++) {
    await on.sees(`Step ${step} `, 30_000);
    await on.settles(700);
    await on.press(step === 8 ? '1' : 'enter');
  }
  await on.sees('Step 9 ', 20_000);
  await on.settles(700);
  save('run.svg');
} finally {
  await on.press('q');
  await on.ended(20_000);
  rmSync(home, {recursive: true, force: true});
}
