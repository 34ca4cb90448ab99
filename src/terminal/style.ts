// SGR parameters as one canonical string per style, so that two cells can be compared.

/** As they are written. */
const order = ['bold', 'dim', 'italic', 'underline', 'inverse', 'strike', 'fg', 'bg'] as const;

/** Slots of a style. */
type Slots = Partial<Record<(typeof order)[number], string | undefined>>;

const on: Record<number, (typeof order)[number]> = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
  9: 'strike',
};

const off: Record<number, readonly (typeof order)[number][]> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  29: ['strike'],
  39: ['fg'],
  49: ['bg'],
};

function parse(style: string): Slots {
  let slots: Slots = {};
  const codes = style === '' ? [] : style.split(';').map(Number);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    const set = on[code];
    if (code === 0) slots = {};
    else if (set !== undefined) slots[set] = String(code);
    else if (off[code] !== undefined) for (const slot of off[code]) slots[slot] = undefined;
    else if (code === 38 || code === 48) {
      const length = codes[i + 1] === 5 ? 3 : 5;
      slots[code === 38 ? 'fg' : 'bg'] = codes.slice(i, i + length).join(';');
      i += length - 1;
    } else if ((code >= 30 && code < 38) || (code >= 90 && code < 98)) slots.fg = String(code);
    else if ((code >= 40 && code < 48) || (code >= 100 && code < 108)) slots.bg = String(code);
  }
  return slots;
}

const cache = new Map<string, string>();

/** The style after an SGR sequence with these parameters; `''` is plain. */
export function styleAfter(style: string, parameters: string): string {
  const key = `${style}m${parameters}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const slots = parse(style === '' ? parameters || '0' : `${style};${parameters || '0'}`);
  const next = order.flatMap(slot => slots[slot] ?? []).join(';');
  // A program has few styles; the bound only guards against a flood of made-up ones.
  if (cache.size < 4_096) cache.set(key, next);
  return next;
}

const blanks = new Map<string, string>();

/** What of a style can be seen on a space: cells that look the same compare as the same. */
export function styleOfSpace(style: string): string {
  if (style === '') return '';
  const known = blanks.get(style);
  if (known !== undefined) return known;
  const slots = parse(style);
  const isInked = slots.underline !== undefined || slots.strike !== undefined || slots.inverse !== undefined;
  const seen = isInked ? style : (slots.bg ?? '');
  if (blanks.size < 4_096) blanks.set(style, seen);
  return seen;
}

/** The shortest sequence that turns `from` into `to`. */
export function styleChange(from: string, to: string): string {
  if (from === to) return '';
  if (to === '') return '\x1b[m';
  const [a, b] = [parse(from), parse(to)];
  const lost = order.some(slot => a[slot] !== undefined && b[slot] === undefined);
  const added = order.filter(slot => a[slot] !== b[slot]).flatMap(slot => b[slot] ?? []);
  return lost ? `\x1b[;${to}m` : `\x1b[${added.join(';')}m`;
}
