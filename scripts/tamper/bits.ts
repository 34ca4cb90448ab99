// Every bit of a small bundle flipped, one at a time, before all three verifiers; two lanes share the work.
import {availableParallelism} from 'node:os';
import {Worker} from 'node:worker_threads';
import {z} from 'zod';
import {bundleOf, genesis, logOf, sdOf, signerOf, type Files} from '../../test/verifiers/build.ts';

export interface FileBits {
  readonly path: string;
  readonly bits: number;
  /** How many bits had which verdict, with the first entry that is bad where one is named. */
  readonly verdicts: ReadonlyMap<string, number>;
  /** Bits of which the three did not say the same. */
  readonly differences: readonly string[];
}

/** Three entries: one with a value, an artifact and an erased value, and the one that erased it. */
export function smallBundle(): Files {
  const signer = signerOf(1);
  const sd = (key: string, text: string) => ({sd: sdOf(`/body/${key}`, text)});
  const body = {output: sd('output', 'out\n'), text: sd('text', 'value'), why: sd('why', 'gone')};
  const values = {'/body/text': 'value', '/body/why': 'gone'};
  const log = logOf([
    genesis(signer),
    {kind: 'note', body, values, artifacts: {'/body/output': 'out\n'}},
    {kind: 'redact', body: {ptr: '/body/why', seq: 1}},
  ]);
  return bundleOf(log, {older: [2], without: ['1 /body/why']});
}

/** Bits `from` to before `to` of a file. */
export interface Part {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

const partBits = 2048;

function partsOf(files: Files): Part[] {
  return [...files].toSorted().flatMap(([path, {length}]) =>
    Array.from({length: Math.ceil((length * 8) / partBits)}, (_, i) => ({
      path,
      from: i * partBits,
      to: Math.min(length * 8, (i + 1) * partBits),
    })),
  );
}

const judged = z.object({
  path: z.string(),
  verdicts: z.array(z.string()),
  differences: z.array(z.string()),
});

/** Has the parts judged in a thread with a Python of its own; `took` hears of each that is done. */
async function lane(parts: readonly Part[], took: (part: z.infer<typeof judged>) => void): Promise<void> {
  const worker = new Worker(new URL('./lane.ts', import.meta.url), {workerData: parts});
  worker.on('message', (message: unknown) => {
    took(judged.parse(message));
  });
  await new Promise<void>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', () => {
      resolve();
    });
  });
}

/** `tell` hears of each part that is done. `everyNth`: only so many of the parts, for a quick look. */
export async function flipBits(tell: (text: string) => void, everyNth = 1): Promise<readonly FileBits[]> {
  const parts = partsOf(smallBundle()).filter((_, i) => i % everyNth === 0);
  const files = new Map<string, {bits: number; verdicts: Map<string, number>; differences: string[]}>();
  for (const {path} of parts)
    files.set(path, {bits: 0, verdicts: new Map<string, number>(), differences: []});
  let done = 0;
  const took = ({path, verdicts, differences}: z.infer<typeof judged>): void => {
    const file = files.get(path);
    if (file === undefined) return;
    file.bits += verdicts.length;
    for (const name of verdicts) file.verdicts.set(name, (file.verdicts.get(name) ?? 0) + 1);
    file.differences.push(...differences);
    tell(`${++done} of ${parts.length}: ${path}`);
  };
  const lanes = Math.min(2, availableParallelism());
  await Promise.all(
    Array.from({length: lanes}, (_, i) =>
      lane(
        parts.filter((_part, at) => at % lanes === i),
        took,
      ),
    ),
  );
  if (done !== parts.length) throw new Error(`only ${done} of ${parts.length} parts were judged`);
  return [...files].map(([path, file]) => ({path, ...file}));
}
