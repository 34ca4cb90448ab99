// Characters that take one terminal cell on every terminal; about all others terminals may disagree.

/** Latin-1, dashes and quotes, arrows, box drawing, blocks, geometric shapes, braille, and the signs of the console. */
const ranges: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa1, 0xac],
  [0xae, 0xff],
  [0x2013, 0x2014],
  [0x2016, 0x2016],
  [0x2018, 0x201d],
  [0x2022, 0x2022],
  [0x2026, 0x2026],
  [0x203a, 0x203a],
  [0x2190, 0x2193],
  [0x21b5, 0x21b5],
  [0x2500, 0x25a8],
  [0x25b2, 0x25b2],
  [0x25b6, 0x25b6],
  [0x25bc, 0x25bc],
  [0x25cf, 0x25cf],
  [0x2714, 0x2714],
  [0x2716, 0x2716],
  [0x2800, 0x28ff],
];

/** A flag per character: a pattern would be compiled again whenever it was not needed for a while. */
const sure = new Uint8Array(0x2900);
for (const [from, to] of ranges) sure.fill(1, from, to + 1);

/** True when every character takes exactly one cell, so that the width is the length. */
export function isSure(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (sure[text.charCodeAt(i)] !== 1) return false;
  return true;
}
