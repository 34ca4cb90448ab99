// Whether a body is one of its kind, asked of every entry before it is written.
import {kindShapes} from './kind-shapes.ts';
import {issuesIn} from './shape.ts';

const shapeOf = (kind: string) => (Object.hasOwn(kindShapes, kind) ? kindShapes[kind] : undefined);

/** Places in a body where its kind does not allow what stands there. */
export function issuesOf(kind: string, body: unknown): readonly (readonly PropertyKey[])[] {
  const shape = shapeOf(kind);
  return shape === undefined ? [] : issuesIn(shape, body).map(({path}) => path);
}

/** What is wrong with a body for its kind, in one line; undefined when it may be written. */
export function bodyProblem(kind: string, body: unknown): string | undefined {
  const shape = shapeOf(kind);
  if (shape === undefined) return `there is no kind "${kind}"`;
  const [issue] = issuesIn(shape, body);
  if (issue === undefined) return undefined;
  const place = ['/body', ...issue.path.map(String)].join('/');
  return `${place} of a ${kind} entry: ${issue.message}`;
}
