// What a step runner is told to do: one JSON document on its standard input.
//
// A runner is told in one of two ways: `node runner` reads the job from its standard input until that ends; `node runner
// --terminal` leaves standard input, output and error to the step, reads the job from file descriptor 3 until that
// ends, and says on descriptor 4 why nothing was started. Only a job whose act is `terminal` may come the second way.
import type {z} from 'zod';
import {issuesIn} from '../../domain/shape.ts';
import {jobShape} from './job-shape.ts';
import type {jobSchema} from './job-schema.ts';

export type Job = z.infer<typeof jobSchema>;

export const isJob = (value: unknown): value is Job => issuesIn(jobShape, value).length === 0;

/** How what a step started is recognised: the value of `QD_STEP` in its environment. */
export const markOf = (run: string, step: string, attempt: number): string => `${run}/${step}#${attempt}`;
