// Whether a value has a shape, without a library: the step runner must not wait for one between a confirmation and its
// intent. Shapes are made from the zod schemas by `npm run generate`; a test holds both to the same answers.

export type Shape =
  | {readonly is: 'text'; readonly min?: number; readonly like?: string}
  | {readonly is: 'int'; readonly min?: number; readonly max?: number}
  | {readonly is: 'flag'}
  | {readonly is: 'word'; readonly of: readonly (string | number | boolean)[]}
  | {readonly is: 'list'; readonly of: Shape; readonly min?: number}
  /** Any names, each with a value of one shape. */
  | {readonly is: 'map'; readonly of: Shape}
  /** Nothing else may stand in it; `may` names the fields that can be absent. */
  | {
      readonly is: 'object';
      readonly fields: Readonly<Record<string, Shape>>;
      readonly may?: readonly string[];
    }
  | {readonly is: 'either'; readonly of: readonly Shape[]}
  /** Which shape it has is said by the field `key`. */
  | {readonly is: 'by'; readonly key: string; readonly of: Readonly<Record<string, Shape>>};

type Path = readonly (string | number)[];

export interface Issue {
  readonly path: Path;
  /** What is wrong there; it does not repeat the value. */
  readonly message: string;
  /** The value is of the right kind, and only its content is not. */
  readonly isNear: boolean;
}

const far = (path: Path, message: string): readonly Issue[] => [{path, message, isNear: false}];
const near = (path: Path, message: string): readonly Issue[] => [{path, message, isNear: true}];

const patterns = new Map<string, RegExp>();

function matches(like: string, text: string): boolean {
  const pattern = patterns.get(like) ?? new RegExp(like);
  patterns.set(like, pattern);
  return pattern.test(text);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every place where the value is not as the shape says; none when it is. */
export function issuesIn(shape: Shape, value: unknown, path: Path = []): readonly Issue[] {
  switch (shape.is) {
    case 'text':
      if (typeof value !== 'string') return far(path, 'must be a text');
      if (value.length < (shape.min ?? 0)) return near(path, 'is too short');
      return shape.like === undefined || matches(shape.like, value) ? [] : near(path, 'has a wrong form');
    case 'int':
      if (typeof value !== 'number' || !Number.isInteger(value)) return far(path, 'must be a whole number');
      return value < (shape.min ?? Number.MIN_SAFE_INTEGER) || value > (shape.max ?? Number.MAX_SAFE_INTEGER)
        ? near(path, 'is too small or too large')
        : [];
    case 'flag':
      return typeof value === 'boolean' ? [] : far(path, 'must be true or false');
    case 'word':
      return shape.of.some(word => word === value) ? [] : far(path, `must be ${shape.of.join(', ')}`);
    case 'list':
      if (!Array.isArray(value)) return far(path, 'must be a list');
      return [
        ...(value.length < (shape.min ?? 0) ? near(path, 'has too few items') : []),
        ...value.flatMap((item: unknown, i) => issuesIn(shape.of, item, [...path, i])),
      ];
    case 'map':
      if (!isObject(value)) return far(path, 'must be an object');
      return Object.entries(value).flatMap(([name, item]) => issuesIn(shape.of, item, [...path, name]));
    case 'object':
      return isObject(value) ? issuesInObject(shape, value, path) : far(path, 'must be an object');
    case 'either': {
      const tries = shape.of.map(one => issuesIn(one, value, path));
      if (tries.some(issues => issues.length === 0)) return [];
      const [meant, ...others] = tries.filter(issues => issues.every(({isNear}) => isNear));
      return meant !== undefined && others.length === 0 ? meant : far(path, 'has none of its forms');
    }
    case 'by': {
      if (!isObject(value)) return far(path, 'must be an object');
      const word = value[shape.key];
      const one = typeof word === 'string' && Object.hasOwn(shape.of, word) ? shape.of[word] : undefined;
      return one === undefined
        ? far([...path, shape.key], `must be ${Object.keys(shape.of).join(', ')}`)
        : issuesIn(one, value, path);
    }
  }
}

function issuesInObject(
  {fields, may = []}: Extract<Shape, {is: 'object'}>,
  value: Readonly<Record<string, unknown>>,
  path: Path,
): readonly Issue[] {
  const inFields = Object.entries(fields).flatMap(([name, field]) => {
    const found = Object.hasOwn(value, name) ? value[name] : undefined;
    if (found !== undefined) return issuesIn(field, found, [...path, name]);
    return may.includes(name) ? [] : far([...path, name], 'is missing');
  });
  const strange = Object.keys(value).find(name => !Object.hasOwn(fields, name));
  return strange === undefined ? inFields : [...inFields, ...near(path, 'holds a field that is not known')];
}
