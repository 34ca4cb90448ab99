// The thread that owns the database. Requests that wait while a commit runs go into the next commit together.
import {parentPort, receiveMessageOnPort, workerData, type MessagePort} from 'node:worker_threads';
import {checkpointEvery} from '../domain/limits.ts';
import {Answers, unpacked} from './plain.ts';
import type {Answer, Envelope, OpenSpec, Reply, Sent, WireAppend} from './protocol.ts';
import {Serving} from './serving.ts';

const maxBatch = 1024;
const pauseMs = 20;
/** A checkpoint that is due waits for a pause until so many entries stand after the last one. */
const latestAfter = 4 * checkpointEvery;

function nextMessage(port: MessagePort): readonly Sent[] | undefined {
  const next: {message: readonly Sent[]} | undefined = receiveMessageOnPort(port);
  return next?.message;
}

function serve(port: MessagePort, serving: Serving): void {
  const answers = new Answers();
  const reply = (id: number, answer: Answer, plain = false): void => {
    answers.add({id, answer}, plain);
  };
  const send = (): void => {
    const told = answers.take();
    if (told.length > 0) port.postMessage(told);
  };

  /** What has arrived and is not served yet. */
  let queue: Envelope[] = [];
  const receive = (): void => {
    for (let next = nextMessage(port); next !== undefined; next = nextMessage(port))
      queue.push(...unpacked(next));
  };
  const isAppend = (envelope: Envelope | undefined): boolean => envelope?.request.op === 'append';

  /** The newest entry that was appended for the message at hand, and whether a run ended with it. */
  let newest: number | undefined;
  let finished = false;
  /** Writes the appends that come first in the queue, and those that arrive until they are committed. */
  const appendFirst = (): void => {
    const envelopes: Envelope[] = [];
    const appends: WireAppend[] = [];
    const grow = (): void => {
      let count = 0;
      while (isAppend(queue[count]) && envelopes.length + count < maxBatch) count++;
      for (const envelope of queue.splice(0, count)) {
        envelopes.push(envelope);
        if (envelope.request.op === 'append') appends.push(envelope.request.append);
      }
    };
    grow();
    const results = serving.append(appends, () => {
      if (queue.length === 0) receive();
      grow();
    });
    if ('code' in results) {
      for (const {id} of envelopes) reply(id, {op: 'error', error: results});
      return;
    }
    finished ||= appends.some(({entries}) => entries.some(({kind}) => kind === 'run.finish'));
    for (const [i, {id, plain}] of envelopes.entries()) {
      const result = results[i];
      if (result?.ok === true) newest = result.rows.at(-1)?.seq ?? newest;
      if (result !== undefined) reply(id, {op: 'append', result}, plain);
    }
  };

  let pause: NodeJS.Timeout | undefined;
  /** Whoever appends one entry after another does not wait for it: it is made in the first pause, or when it must be. */
  const checkpointWhenDue = (): void => {
    clearTimeout(pause);
    const unsealed = serving.unsealed(newest === undefined ? undefined : newest + 1);
    const checkpoint = (): void => {
      serving.checkpoint();
    };
    if (finished || unsealed >= latestAfter) checkpoint();
    else if (unsealed >= checkpointEvery) pause = setTimeout(checkpoint, pauseMs);
    newest = undefined;
    finished = false;
  };

  const serveAll = (): void => {
    while (queue.length > 0) {
      const [first] = queue;
      if (first === undefined) break;
      const {id, request} = first;
      if (request.op === 'append') appendFirst();
      else {
        queue = queue.slice(1);
        reply(id, serving.answer(request));
      }
      send();
      receive();
    }
  };

  port.on('message', (first: readonly Sent[]) => {
    queue.push(...unpacked(first));
    receive();
    serveAll();
    if (!serving.closed) checkpointWhenDue();
    else {
      clearTimeout(pause);
      port.close();
    }
  });

  reply(0, {op: 'opened', opened: serving.opened});
  send();
  serving.takeReserve();
}

function start(port: MessagePort, spec: OpenSpec): void {
  const serving = Serving.open({...spec, uid: process.getuid?.() ?? -1});
  if (!('code' in serving)) {
    serve(port, serving);
    return;
  }
  port.postMessage([{id: 0, answer: {op: 'error', error: serving}}] satisfies Reply[]);
  port.close();
}

const isSpec = (data: unknown): data is OpenSpec =>
  typeof data === 'object' && data !== null && 'dir' in data;

if (parentPort !== null && isSpec(workerData)) start(parentPort, workerData);
