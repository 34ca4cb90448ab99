// The part of the Reflect metadata proposal that the certificate library asks for. Imported before it.

const kept = new WeakMap<object, Map<unknown, unknown>>();

const metadata = {
  defineMetadata: (key: unknown, value: unknown, target: object): void => {
    const own = kept.get(target) ?? new Map<unknown, unknown>();
    kept.set(target, own.set(key, value));
  },
  getOwnMetadata: (key: unknown, target: object): unknown => kept.get(target)?.get(key),
  getMetadata: (key: unknown, target: object): unknown => kept.get(target)?.get(key),
};

Object.assign(Reflect, metadata);
