import {PassThrough, Writable} from 'node:stream';
import {describe, expect, test} from 'vitest';
import {lineTalk} from '../../src/adapters/talk.ts';
import {say, show} from '../../src/domain/show.ts';
import {nextTurn, waitFor} from '../helpers/wait.ts';

function setup(options: {interactive?: boolean; output?: Writable; signal?: AbortSignal} = {}) {
  const input = new PassThrough();
  const printed: string[] = [];
  const sink = new Writable({
    write(chunk, _, done) {
      printed.push(String(chunk));
      done();
    },
  });
  const talk = lineTalk({
    input,
    output: options.output ?? sink,
    error: sink,
    interactive: options.interactive ?? false,
    columns: 80,
    ...(options.signal === undefined ? {} : {signal: options.signal}),
  });
  return {input, talk, printed: () => printed.join('')};
}

describe('asking', () => {
  test('answers from a pipe are taken in order, even when they came first', async () => {
    const {input, talk, printed} = setup();
    input.end('one\r\ntwo\nthree');
    expect([await talk.ask(say`A?`), await talk.ask(say`B?`)]).toEqual(['one', 'two']);
    expect(await talk.ask(say`C?`)).toBe('three');
    expect(await talk.ask(say`D?`)).toBeUndefined();
    expect(await talk.ask(say`E?`)).toBeUndefined();
    expect(printed()).toContain('A? \nB? \n');
  });

  test('two questions at once are asked one after the other', async () => {
    const {input, talk} = setup();
    const both = Promise.all([talk.ask(say`A?`), talk.ask(say`B?`)]);
    input.write('first\nsecond\n');
    expect(await both).toEqual(['first', 'second']);
    talk.close();
  });

  test('on a terminal, what was typed before the question answers nothing', async () => {
    const {input, talk, printed} = setup({interactive: true});
    input.write('y\n');
    const answer = talk.ask(say`Delete everything?`);
    await waitFor(() => printed().includes('Delete'), {what: 'the question'});
    await nextTurn();
    input.write('no\n');
    expect(await answer).toBe('no');
    talk.close();
  });

  test('an abort and a close end a waiting question', async () => {
    const abort = new AbortController();
    const first = setup({signal: abort.signal});
    const answer = first.talk.ask(say`Go?`);
    await nextTurn();
    abort.abort();
    expect(await answer).toBeUndefined();

    const second = setup();
    const other = second.talk.ask(say`Go?`);
    await nextTurn();
    second.talk.close();
    expect(await other).toBeUndefined();
  });
});

describe('printing', () => {
  test('lines end in a newline and JSON is one safe line', () => {
    const {talk, printed} = setup();
    talk.out(show('a\x1b[2J'));
    talk.json({text: '\x1b]52;c;x\x07\u202e\n'});
    expect(printed()).toBe('a␛[2J\n{"text":"\\u001b]52;c;x\\u0007\\u202e\\n"}\n');
  });

  test('a reader that left is no failure, a full disk is one', async () => {
    const failing = (code: string) =>
      new Writable({
        write(_, __, done) {
          done(Object.assign(new Error(`write ${code}`), {code}));
        },
      });
    const left = setup({output: failing('EPIPE')}).talk;
    const full = setup({output: failing('ENOSPC')}).talk;
    for (const talk of [left, full]) {
      talk.out(say`one`);
      await nextTurn();
      talk.out(say`two`);
      await nextTurn();
    }
    expect([left.failed, full.failed]).toEqual([undefined, 'write ENOSPC']);
  });
});
