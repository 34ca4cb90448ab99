// Talking line by line over two streams and a keyboard (or a pipe).
import {createInterface, type Interface} from 'node:readline';
import {showJson, type Shown} from '../domain/show.ts';
import type {Talk} from '../ports.ts';

export interface TalkStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly error: NodeJS.WritableStream;
  /** Somebody sits there: input and output are terminals. */
  readonly interactive: boolean;
  readonly columns: number;
  /** A question that waits when this is aborted is answered with end of input. */
  readonly signal?: AbortSignal;
}

export interface LineTalk extends Talk {
  /** Lets go of the input, so that the process can end. */
  close(): void;
  /** Why the output could not be written, when it was not merely a reader that left (EPIPE). */
  readonly failed: string | undefined;
}

/** Output to a reader that left is dropped silently; questions are answered in the order they were asked. */
export function lineTalk(streams: TalkStreams): LineTalk {
  let failed: string | undefined;
  const writer = (stream: NodeJS.WritableStream) => {
    let gone = false;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      gone = true;
      if (!['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'].includes(error.code ?? '')) failed ??= error.message;
    });
    return (text: string) => {
      if (!gone && stream.writable) stream.write(text);
    };
  };
  const out = writer(streams.output);
  const err = writer(streams.error);
  const lines = lineReader(streams);
  let last: Promise<unknown> = Promise.resolve();
  const talk = {
    interactive: streams.interactive,
    columns: streams.columns,
    get failed() {
      return failed;
    },
    out: (line: Shown) => {
      out(`${line}\n`);
    },
    err: (line: Shown) => {
      err(`${line}\n`);
    },
    json: (value: unknown) => {
      out(`${showJson(value)}\n`);
    },
    ask: async (question: Shown) => {
      const answer = last.then(async () =>
        lines.next(() => {
          if (question !== '') out(`${question}${question.endsWith(' ') ? '' : ' '}`);
        }),
      );
      last = answer;
      const line = await answer;
      // A terminal echoes the newline that ended the answer; a pipe does not.
      if (question !== '' && (!streams.interactive || line === undefined)) out('\n');
      return line;
    },
    close: () => {
      lines.close();
    },
  };
  return talk;
}

/**
 * On a terminal, lines typed before the question are thrown away: nobody may confirm what he has not read. From a
 * pipe they are the answers and wait in order.
 */
function lineReader({input, interactive, signal}: TalkStreams) {
  let reader: Interface | undefined;
  let ended = false;
  // A function, because it changes while `next` waits.
  const isEnded = () => ended;
  const early: string[] = [];
  let waiting: ((line: string | undefined) => void) | undefined;
  const give = (line: string | undefined) => {
    const resolve = waiting;
    waiting = undefined;
    resolve?.(line);
  };
  const end = () => {
    ended = true;
    give(undefined);
  };
  const start = () => {
    // Not `terminal`: the kernel keeps line editing, echo and Ctrl-C.
    reader = createInterface({input, terminal: false, crlfDelay: Infinity});
    reader.on('line', line => {
      if (waiting === undefined) early.push(line);
      else give(line);
    });
    reader.on('close', end);
    input.on('error', end);
    // Only the question that waits is given up: one that asks what Ctrl-C meant wants an answer.
    signal?.addEventListener('abort', () => give(undefined), {once: true});
  };
  return {
    async next(ask: () => void): Promise<string | undefined> {
      if (reader === undefined) start();
      if (!isEnded()) reader?.resume();
      if (interactive) {
        await turn();
        await turn();
        early.length = 0;
      }
      ask();
      const line = early.shift();
      if (line !== undefined || isEnded()) return line;
      const answer = await new Promise<string | undefined>(resolve => (waiting = resolve));
      if (!isEnded()) reader?.pause();
      return answer;
    },
    close() {
      reader?.close();
      end();
    },
  };
}

/** One turn of the event loop, in which what is already in the terminal's buffer arrives. */
const turn = async (): Promise<void> => new Promise(resolve => void setImmediate(resolve));
