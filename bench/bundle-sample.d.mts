/** Writes one CommonJS file. */
export function bundleSample(outfile: string): Promise<void>;
