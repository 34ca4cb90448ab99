// Versions as semver.org orders them, and ranges such as `>=1.2.0 <2.0.0`, `^1.2.0`, `~1.2.0`.

const versionText = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

type Version = readonly [number, number, number, string];
const versionOf = (text: unknown): Version | undefined => {
  const found = typeof text === 'string' ? versionText.exec(text.trim()) : null;
  return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3]), found[4] ?? ''];
};

/** As semver.org orders pre-releases: numbers by value and before words, fewer before more. */
function comparePre(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '' || b === '') return a === '' ? 1 : -1;
  const [left, right] = [a.split('.'), b.split('.')];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i], right[i]];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    if (x === y) continue;
    const [isX, isY] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (isX && isY) return Number(x) - Number(y);
    if (isX !== isY) return isX ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return 0;
}

const compareVersions = (a: Version, b: Version): number =>
  a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || comparePre(a[3], b[3]);

/** The first version that a caret or tilde range does not hold any more. */
const above = (sign: string, [major, minor, patch]: Version): Version => {
  if (sign === '~') return [major, minor + 1, 0, '0'];
  if (major > 0) return [major + 1, 0, 0, '0'];
  return minor > 0 ? [0, minor + 1, 0, '0'] : [0, 0, patch + 1, '0'];
};

/** Whether the text is a version inside the range. */
export function isVersionIn(given: unknown, text: string): boolean {
  const version = versionOf(given);
  if (version === undefined) return false;
  return text.split(/\s+/).every(part => {
    const [, sign = '', bare = ''] = /^(>=|<=|>|<|=|\^|~)?(.*)$/.exec(part) ?? [];
    const limit = versionOf(bare);
    if (limit === undefined) return false;
    const order = compareVersions(version, limit);
    if (sign === '>=') return order >= 0;
    if (sign === '<=') return order <= 0;
    if (sign === '>') return order > 0;
    if (sign === '<') return order < 0;
    if (sign === '^' || sign === '~') return order >= 0 && compareVersions(version, above(sign, limit)) < 0;
    return order === 0;
  });
}
