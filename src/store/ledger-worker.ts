// The thread that owns the database. Requests that wait while a commit runs go into the next commit together.
import {parentPort, receiveMessageOnPort, workerData, type MessagePort} from 'node:worker_threads';
import {QdError} from '../domain/error.ts';
import {checkpointEvery} from '../domain/limits.ts';
import {LedgerCore} from './core.ts';
import {asOpenError} from './opening.ts';
import {Answers, unpacked} from './plain.ts';
import type {Answer, Envelope, OpenSpec, Reply, Sent, WireAppend, WireError} from './protocol.ts';

const maxBatch = 1024;
const pauseMs = 20;
/** A checkpoint that is due waits for a pause until so many entries stand after the last one. */
const latestAfter = 4 * checkpointEvery;

function wireError(error: unknown): WireError {
  if (error instanceof QdError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : {hint: error.hint}),
    };
  }
  return {
    code: 'LEDGER_WORKER',
    message: error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error),
  };
}

function nextMessage(port: MessagePort): readonly Sent[] | undefined {
  const next: {message: readonly Sent[]} | undefined = receiveMessageOnPort(port);
  return next?.message;
}

function serve(port: MessagePort, spec: OpenSpec): void {
  const core = new LedgerCore({...spec, uid: process.getuid?.() ?? -1});
  let closed = false;
  const answers = new Answers();
  const reply = (id: number, answer: Answer, plain = false): void => {
    answers.add({id, answer}, plain);
  };
  const send = (): void => {
    const told = answers.take();
    if (told.length > 0) port.postMessage(told);
  };

  /** A failure here is told by the next explicit checkpoint, or stops writing by itself. */
  const checkpoint = (): void => {
    try {
      core.checkpoint();
    } catch (error) {
      if (!(error instanceof QdError) || error.code === 'LEDGER_UNREADABLE') core.stop(error);
    }
  };

  const guarded = (id: number, act: () => Answer): void => {
    try {
      reply(id, act());
    } catch (error) {
      reply(id, {op: 'error', error: wireError(asOpenError(error, spec.dir))});
    }
  };

  const single = ({id, request}: Envelope): void => {
    guarded(id, () => {
      switch (request.op) {
        case 'append':
          throw new Error('appends are done in batches');
        case 'head':
          // Whoever asks how far the log is sealed sees what is due sealed.
          if (core.unsealed >= checkpointEvery) checkpoint();
          return {op: 'head', head: core.head()};
        case 'room':
          return {op: 'room', room: core.takeReserve()};
        case 'read':
          return {op: 'rows', rows: core.read(request.query)};
        case 'checkpoint':
          return {op: 'head', head: core.checkpoint()};
        case 'disclosure':
          return {op: 'value', value: core.disclosure(request.seq, request.ptr)};
        case 'sign':
          return {op: 'note', note: core.sign(request.text)};
        case 'erase':
          return {op: 'erased', erased: core.erase(request.append, request.places, request.asOf)};
        case 'rotate':
          return {op: 'rotated', ...core.rotateKey(request.rotation)};
        case 'close':
          try {
            if (request.checkpoint) core.checkpoint();
          } finally {
            core.close();
            closed = true;
          }
          return {op: 'closed'};
      }
    });
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
    try {
      const results = core.append(appends, () => {
        if (queue.length === 0) receive();
        grow();
      });
      finished ||= appends.some(({entries}) => entries.some(({kind}) => kind === 'run.finish'));
      for (const [i, {id, plain}] of envelopes.entries()) {
        const result = results[i];
        if (result?.ok === true) newest = result.rows.at(-1)?.seq ?? newest;
        if (result !== undefined) reply(id, {op: 'append', result}, plain);
      }
    } catch (error) {
      for (const {id} of envelopes) reply(id, {op: 'error', error: wireError(asOpenError(error, spec.dir))});
    }
  };

  let pause: NodeJS.Timeout | undefined;
  /** Whoever appends one entry after another does not wait for it: it is made in the first pause, or when it must be. */
  const checkpointWhenDue = (): void => {
    clearTimeout(pause);
    const unsealed = newest === undefined ? core.unsealed : core.unsealedUpTo(newest + 1);
    if (finished || unsealed >= latestAfter) checkpoint();
    else if (unsealed >= checkpointEvery) pause = setTimeout(checkpoint, pauseMs);
    newest = undefined;
    finished = false;
  };

  const serveAll = (): void => {
    while (queue.length > 0) {
      const [first] = queue;
      if (isAppend(first)) appendFirst();
      else if (first !== undefined) {
        queue = queue.slice(1);
        single(first);
      }
      send();
      receive();
    }
  };

  port.on('message', (first: readonly Sent[]) => {
    queue.push(...unpacked(first));
    receive();
    serveAll();
    if (!closed) checkpointWhenDue();
    else {
      clearTimeout(pause);
      port.close();
    }
  });

  reply(0, {op: 'opened', opened: core.opened});
  send();
  core.takeReserve();
}

function start(port: MessagePort, spec: OpenSpec): void {
  try {
    serve(port, spec);
  } catch (error) {
    port.postMessage([
      {id: 0, answer: {op: 'error', error: wireError(asOpenError(error, spec.dir))}},
    ] satisfies Reply[]);
    port.close();
  }
}

const isSpec = (data: unknown): data is OpenSpec =>
  typeof data === 'object' && data !== null && 'dir' in data;

if (parentPort !== null && isSpec(workerData)) start(parentPort, workerData);
