// A Talk that remembers what was said and answers from a list.
import type {Talk} from '../../src/ports.ts';

export interface FakeTalk extends Talk {
  readonly lines: string[];
  readonly errors: string[];
  readonly values: unknown[];
  readonly asked: string[];
}

/** Answers run out into end of input. */
export function fakeTalk({
  answers,
  columns = 80,
}: {answers?: readonly string[]; columns?: number} = {}): FakeTalk {
  const left = [...(answers ?? [])];
  const talk = {
    interactive: answers !== undefined,
    columns,
    lines: [] as string[],
    errors: [] as string[],
    values: [] as unknown[],
    asked: [] as string[],
    out: (line: string) => void talk.lines.push(line),
    err: (line: string) => void talk.errors.push(line),
    json: (value: unknown) => void talk.values.push(JSON.parse(JSON.stringify(value))),
    ask: async (question: string) => {
      talk.asked.push(question);
      return Promise.resolve(left.shift());
    },
  };
  return talk;
}
