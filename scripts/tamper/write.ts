// The page of the matrix.
import type {FileBits} from './bits.ts';
import type {RowGroup} from './cases.ts';

const head = `# Tamper matrix

Made by \`npm run tamper -- --bits --write\`. Each damage is shown to \`quarterdeck evidence verify\`'s code, to \`verify.py\` in Python, and to the code of \`verify.html\` in a context without Node. "Agree" means that the whole reports are the same: verdict, first bad entry, entries, head, checkpointed, redacted, witnessed, keys and what is not proved. "Signed again" means by somebody who holds the log's own key; "kept" is a checkpoint from elsewhere (\`--checkpoint\`), "against the key" is \`--vkey\`. An "intact" beside "alone" is what no verifier can find without one of these. A browser follows no links, so \`verify.html\` is told of them here.
`;

const cell = (text: string): string =>
  text
    .replaceAll('|', String.raw`\|`)
    .replaceAll(/[\p{C}\p{Z}]/gu, c => (c === ' ' ? c : `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`));

const tableOf = (names: readonly string[], rows: readonly (readonly string[])[]): string =>
  [
    `| ${names.join(' | ')} |`,
    `|${'---|'.repeat(names.length)}`,
    ...rows.map(row => `| ${row.map(cell).join(' | ')} |`),
  ].join('\n');

const columns = ['case', 'expected', 'TypeScript', 'verify.py', 'verify.html', 'agree'];

function groupText({title, rows}: RowGroup): string {
  const table = tableOf(
    columns,
    rows.map(({title: what, expected, ours, python, page, agree}) => [
      ...[what, expected, ours, python, page],
      agree ? 'yes' : 'NO',
    ]),
  );
  return `## ${title}\n\n${table}\n`;
}

function bitsText(files: readonly FileBits[]): string {
  const rows = files.map(({path, bits, verdicts, differences}) => {
    const told = [...verdicts].toSorted(([, a], [, b]) => b - a).map(([name, n]) => `${n} ${name}`);
    return [path, String(bits), told.join('; '), String(differences.length)];
  });
  const bits = files.reduce((sum, file) => sum + file.bits, 0);
  const total = new Map<string, number>();
  for (const {verdicts} of files)
    for (const [name, n] of verdicts) {
      const verdict = name.split(',', 1).join();
      total.set(verdict, (total.get(verdict) ?? 0) + n);
    }
  const differences = files.flatMap(file => file.differences);
  const all = [...total].toSorted(([, a], [, b]) => b - a).map(([name, n]) => `${n} ${name}`);
  const told = `${bits} bits: ${all.join(', ')}. ${differences.length} differences.`;
  const table = tableOf(['file', 'bits', 'verdicts', 'differences'], rows);
  const first = differences.slice(0, 20).map(text => `- ${text}\n`);
  return `## Every bit of a small bundle flipped\n\nThree entries with a value, an artifact and an erased value; one bit at a time, all three verifiers. No flip may be intact.\n\n${told}\n\n${table}\n${first.length > 0 ? `\n${first.join('')}` : ''}`;
}

export function pageOf(groups: readonly RowGroup[], bits: readonly FileBits[] | undefined): string {
  const rows = groups.flatMap(group => group.rows);
  const wrong = rows.filter(row => !row.isRight);
  const counted = `${rows.length} damages, ${wrong.length} not as expected.\n`;
  return [head, counted, ...groups.map(groupText), ...(bits === undefined ? [] : [bitsText(bits)])].join(
    '\n',
  );
}
