// For terminals that cannot draw our signs: one ASCII character for each cell; status is a word anyway.

const signs: Record<string, string> = {
  '✔': '+',
  '✖': 'x',
  '▶': '>',
  '‖': '=',
  '–': '-',
  '—': '-',
  '•': '*',
  '·': '.',
  '…': '~',
  '‹': '<',
  '›': '>',
  '│': '|',
  '─': '-',
  '▌': '_',
  '▁': '_',
  '▂': '.',
  '▃': '-',
  '▄': '+',
  '▅': '=',
  '▆': '*',
  '▇': '#',
  '█': '@',
  '×': 'x',
  '↵': 'E',
  '⌫': '<',
  '↑': '^',
  '↓': 'v',
  '←': '<',
  '→': '>',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
};

/** The same cell in ASCII; `?` for what has no likeness. */
export const ascii = (cell: string): string =>
  cell === '' || (cell.length === 1 && cell < '\x7f') ? cell : (signs[cell] ?? '?');
