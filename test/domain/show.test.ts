import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {cellsOf} from '../../src/domain/cells.ts';
import {clip, say, show, showByteLines, showBytes, showJson, showLines} from '../../src/domain/show.ts';

/** Code points that mean something to a terminal or hide from a reader, mixed with ordinary ones. */
const nasty = fc.array(
  fc.oneof(
    fc.integer({min: 0, max: 0x10ffff}).map(code => String.fromCodePoint(code)),
    fc.constantFrom(
      ...[
        '\x1b',
        '\x9b',
        '\x90',
        '\x9d',
        '\x07',
        '\b',
        '\r',
        '\v',
        '\f',
        '\0',
        '\x7f',
        '\x85',
        '[31m',
        '[2J',
        ']52;c;',
      ],
      ...['\u200b', '\u200c', '\u200d', '\ufe0e', '\ufe0f', '\u20e3', '\u202e', '\u2066', '\u061c', '\u2028'],
      ...['\u{e0041}', '\u{e0100}', '\ud800', '\udc00', '\ufeff', '\u3164', '\u{1d173}', '\uffff', '\u0301'],
      ...['a', '1', '#', 'é', 'ك', 'क', '्', '日', '👩', '💻', '🏽', '❤', '🇩🇪', '©'],
    ),
  ),
  {maxLength: 40},
);
const nastyText = nasty.map(parts => parts.join(''));

/** Written apart from the code under test: no terminal control and no bidi control, C1 or lone surrogate. */
const forbidden =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e0fff}\p{Cs}]/u;

describe('show', () => {
  test('its output never holds a control, C1, bidi or tag character, nor a lone surrogate', () => {
    fc.assert(
      fc.property(nastyText, text => {
        expect(show(text)).not.toMatch(forbidden);
      }),
      {numRuns: 2000},
    );
  });

  test('showing twice is showing once', () => {
    fc.assert(
      fc.property(nastyText, text => {
        expect(show(show(text))).toBe(show(text));
      }),
      {numRuns: 2000},
    );
  });

  test('plain text is not changed', () => {
    const plain = fc.string({
      unit: fc.constantFrom(...Array.from('abcXYZ019 .,:/-_äöüßéñ日本語한글Жшλ€→…✓')),
    });
    fc.assert(
      fc.property(plain, text => {
        expect(show(text)).toBe(text);
      }),
    );
  });

  test.each([
    ['OSC 52 with BEL', '\x1b]52;c;aGk=\x07', '␛]52;c;aGk=␇'],
    ['a title with ST', '\x1b]0;owned\x1b\\', '␛]0;owned␛\\'],
    ['a hyperlink', '\x1b]8;;http://evil\x1b\\ok', '␛]8;;http://evil␛\\ok'],
    ['cursor moves', '\x1b[2J\x1b[1;1H', '␛[2J␛[1;1H'],
    ['DCS', '\x1bP$q"p\x1b\\', '␛P$q"p␛\\'],
    ['eight-bit CSI', '\x9b2J', '␛2J'],
    ['eight-bit OSC and DCS', '\x9d0;t\x9c\x90q\x9c', '⟨9D⟩0;t⟨9C⟩⟨90⟩q⟨9C⟩'],
    ['colours, one mark each', '\x1b[1;32mgreen\x1b[0m \x9b31mred', '␛green␛ ␛red'],
    ['overprinting', 'fail\b\b\b\bpass\rok', 'fail␈␈␈␈pass␍ok'],
    ['vertical movement', 'a\vb\fc\x85d\u2028e', 'a␋b␌c⟨85⟩d⟨2028⟩e'],
    ['newline and tab', 'a\nb\tc', 'a⏎b⇥c'],
    ['right-to-left override', 'a\u202egpj.exe', 'a⟨202E⟩gpj.exe'],
    ['isolates', '\u2066x\u2069', '⟨2066⟩x⟨2069⟩'],
    ['tag characters', 'a\u{e0041}\u{e007f}', 'a⟨E0041⟩⟨E007F⟩'],
    ['a lone surrogate', 'x\ud800y\udc00', 'x⟨D800⟩y⟨DC00⟩'],
    ['invisible letters', 'a\u200bb\u3164c\u00add', 'a⟨200B⟩b⟨3164⟩c⟨AD⟩d'],
    ['NUL and DEL', '\0\x7f', '␀␡'],
    ['a joiner that joins nothing', 'a\u200db\u200cc\u200d', 'a⟨200D⟩b⟨200C⟩c⟨200D⟩'],
    ['an emoji selector after a letter or a bare digit', 'a\ufe0f1\ufe0f', 'a⟨FE0F⟩1⟨FE0F⟩'],
    ['variation selectors that smuggle bytes', '😀\u{e0101}\u{e0102}', '😀⟨E0101⟩⟨E0102⟩'],
  ])('%s becomes visible marks', (_, text, shown) => {
    expect(show(text)).toBe(shown);
  });

  test.each(['👨‍👩‍👧', '👩🏽‍💻', '❤️', '1️⃣', '☺︎', '🇩🇪', 'क्‍ष', 'می‌خواهم', 'é', '日本'])(
    '%s stays as it is',
    text => {
      expect(show(text)).toBe(text);
    },
  );

  test('a pile of combining marks is cut open after eight', () => {
    expect(show(`e${'\u0301'.repeat(10)}`)).toBe(`e${'\u0301'.repeat(8)}⟨301⟩⟨301⟩`);
  });
});

describe('lines, sentences and bytes', () => {
  test('showLines splits at LF and CRLF and keeps a lone CR visible', () => {
    expect(showLines('a\r\nb\n\tc\rd')).toEqual(['a', 'b', '  c␍d']);
  });

  test('say passes its values and not its literals through the sanitiser', () => {
    expect(say`run ${'\x1b[2J'} ${3} times`).toBe('run ␛[2J 3 times');
  });

  test('bytes that are no UTF-8 are shown one by one', () => {
    expect(showBytes(Uint8Array.of(0x41, 0xff, 0x42, 0xc3, 0xa9))).toBe('A⟨xFF⟩Bé');
    expect(showBytes(Uint8Array.of(0xed, 0xa0, 0x80))).toBe('⟨xED⟩⟨xA0⟩⟨x80⟩');
    expect(showBytes(Uint8Array.of(0xc0, 0x80, 0xe2, 0x82))).toBe('⟨xC0⟩⟨x80⟩⟨xE2⟩⟨x82⟩');
    expect(showByteLines(Uint8Array.of(0x61, 0x0a, 0xfe))).toEqual(['a', '⟨xFE⟩']);
  });

  test('any bytes can be shown, and valid UTF-8 comes out as its text', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 60}), bytes => {
        expect(showBytes(bytes)).not.toMatch(forbidden);
      }),
    );
    fc.assert(
      fc.property(fc.string({unit: 'grapheme'}), text => {
        expect(showBytes(new TextEncoder().encode(text))).toBe(show(text));
      }),
    );
  });
});

describe('width', () => {
  test('clip never takes more cells than given', () => {
    fc.assert(
      fc.property(nastyText, fc.integer({min: 0, max: 30}), (text, cells) => {
        const cut = clip(show(text), cells);
        expect(cellsOf(cut)).toBeLessThanOrEqual(cells);
        expect(cut).not.toMatch(forbidden);
      }),
    );
  });

  test('a cut is visible, and wide characters count twice', () => {
    expect(clip(show('quarterdeck'), 6)).toBe('quart…');
    expect(clip(show('日本語'), 5)).toBe('日本…');
    expect(clip(show('short'), 5)).toBe('short');
  });

  test.each([
    ['abc', 3],
    ['日本', 4],
    ['❤️', 2],
    ['👩‍💻', 4],
    ['é', 1],
  ])('%s takes at most %i cells', (text, cells) => {
    expect(cellsOf(text)).toBe(cells);
  });
});

describe('showJson', () => {
  test('parses back to the same value and holds nothing that a terminal would act on', () => {
    fc.assert(
      fc.property(nastyText, text => {
        const json = showJson({text});
        expect(json).not.toMatch(forbidden);
        expect(JSON.parse(json)).toEqual({text});
      }),
    );
  });

  test('a value that JSON cannot hold is null', () => {
    expect(showJson(undefined)).toBe('null');
  });
});
