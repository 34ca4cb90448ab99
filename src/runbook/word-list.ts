// Lists of words as they stand in the data tables: separated by bars.

/** The words of a text, which are separated by `|`; blanks and line ends around them do not count. */
export const words = (list: string): readonly string[] =>
  list
    .split('|')
    .map(each => each.trim())
    .filter(each => each !== '');
