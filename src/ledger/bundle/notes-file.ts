// A file that holds signed notes one after another, as anchors write it.

const newline = 0x0a;
/** `— `, with which a signature line begins. */
const dash = [0xe2, 0x80, 0x94, 0x20];

const isSignature = (bytes: Uint8Array, at: number): boolean =>
  dash.every((byte, i) => bytes[at + i] === byte);

/**
 * The notes, each with exactly its bytes; together they are the whole file. A note ends with the last of its signature
 * lines, which stand behind an empty line; whether it is a good one is not looked at here.
 */
export function notesIn(bytes: Uint8Array): readonly Uint8Array[] {
  const notes: Uint8Array[] = [];
  let begin = 0;
  let isSigned = false;
  let wasEmpty = false;
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(newline, at);
    const next = end === -1 ? bytes.length : end + 1;
    const signs: boolean = isSignature(bytes, at) && (isSigned || wasEmpty);
    if (isSigned && !signs) {
      notes.push(bytes.subarray(begin, at));
      begin = at;
    }
    isSigned = signs;
    wasEmpty = end === at;
    at = next;
  }
  notes.push(bytes.subarray(begin));
  return notes;
}
