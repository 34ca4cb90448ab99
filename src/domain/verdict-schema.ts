// The schema of a verdict, apart from its rules: the first frame needs the rules and must not wait for the library.
import {z} from 'zod';
import {verdicts} from './verdict.ts';

export const verdictSchema = z.enum(verdicts);
