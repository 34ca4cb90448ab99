// What page.ts has bundled for a browser: the verification of verify.html, without the page around it.
import {QdError} from '../../src/domain/error.ts';
import type {Finding} from '../../src/domain/evidence.ts';
import {memorySource, type BundleSource} from '../../src/ledger/bundle/source.ts';
import {accessTo, readTar} from '../../src/ledger/bundle/tar.ts';
import {refusedTar, verifyBundle} from '../../src/ledger/bundle/verify.ts';
import type {VerifyOptions} from '../../src/ledger/verify.ts';

/** Comes from outside, so its bytes are copied into arrays of this side. */
export interface Asked {
  readonly files: Iterable<readonly [string, ArrayLike<number>]>;
  readonly links: Iterable<string>;
  readonly tar: ArrayLike<number> | undefined;
  readonly vkey: string | undefined;
  readonly notes: Iterable<{readonly where: string; readonly raw: ArrayLike<number>}>;
}

const own = (bytes: ArrayLike<number>): Uint8Array => new Uint8Array(bytes);

function sourceOf({files, links}: Asked): BundleSource {
  const source = memorySource(new Map([...files].map(([path, bytes]) => [path, own(bytes)])));
  const others = [...links].map(path => ({path, kind: 'other' as const, sizeBytes: 0}));
  return {...source, items: [...source.items, ...others]};
}

/** As page.ts of src/verifier does it with what was chosen. */
async function findingOf(asked: Asked, options: VerifyOptions): Promise<Finding> {
  if (asked.tar === undefined) return verifyBundle(sourceOf(asked), options);
  const bytes = own(asked.tar);
  const source = await readTar(accessTo(bytes));
  return 'problem' in source
    ? refusedTar(bytes.slice(0, 512), source.problem, options)
    : verifyBundle(source, options);
}

/** The report as JSON; what is no bundle at all as null. */
export async function ask(asked: Asked): Promise<string> {
  const notes = [...asked.notes].map(({where, raw}) => ({where, raw: own(raw)}));
  try {
    const {report} = await findingOf(asked, {
      notes,
      ...(asked.vkey === undefined ? {} : {vkey: asked.vkey}),
    });
    return JSON.stringify(report);
  } catch (error) {
    if (error instanceof QdError && error.code === 'EVIDENCE_UNREADABLE') return 'null';
    throw error;
  }
}
