// Tests of what may not be seen: also where they run as root, whom nothing is refused.

const nobody = 65_534;

/** Does it without the rights of root, which this process has again afterwards. */
export async function withoutRights<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.setegid?.(nobody);
  process.seteuid?.(nobody);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}
