// What each tone looks like; Ink and the first frame read the same table.
import type {Line, Tone} from '../define-screen.ts';

interface Style {
  readonly color?: keyof typeof colours;
  readonly backgroundColor?: keyof typeof colours;
  readonly bold?: boolean;
  readonly dimColor?: boolean;
}

/** Sixteen colours of the user's own theme, as SGR counts them. */
const colours = {black: 0, red: 1, green: 2, yellow: 3, magenta: 5, cyan: 6, white: 7} as const;

/** Colour repeats what glyph and word say. */
export const theme: Record<Tone, Style> = {
  plain: {},
  dim: {dimColor: true},
  strong: {bold: true},
  accent: {color: 'cyan'},
  good: {color: 'green'},
  warn: {color: 'yellow'},
  bad: {color: 'red'},
  unknown: {color: 'magenta'},
  drill: {color: 'white', backgroundColor: 'magenta', bold: true},
  production: {color: 'white', backgroundColor: 'red', bold: true},
  staging: {color: 'black', backgroundColor: 'yellow'},
  development: {color: 'black', backgroundColor: 'green'},
};

function sgr({color, backgroundColor, bold, dimColor}: Style): string {
  const codes = [
    ...(bold === true ? [1] : []),
    ...(dimColor === true ? [2] : []),
    ...(color === undefined ? [] : [30 + colours[color]]),
    ...(backgroundColor === undefined ? [] : [40 + colours[backgroundColor]]),
  ];
  return codes.length === 0 ? '' : `\x1b[${codes.join(';')}m`;
}

/** The lines as a terminal takes them, from its first cell; without colour when there is to be none. */
export function ansi(lines: readonly Line[], hasColour: boolean): string {
  const span = ({text, tone}: Line[number]): string => {
    const style = hasColour ? sgr(theme[tone]) : '';
    return style === '' ? text : `${style}${text}\x1b[m`;
  };
  return `\x1b[H${lines.map(line => line.map(span).join('')).join('\r\n')}`;
}
