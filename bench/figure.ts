// Measurements: each figure has a budget and is a ratio to a baseline taken in the same run, where that makes sense.

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** In words, such as `≤ 6 ×`. */
  readonly budget?: string;
  readonly ok: boolean;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
