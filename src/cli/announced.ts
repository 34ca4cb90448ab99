// Maintenance as the commands know it.
import {excludedBy} from '../domain/slo-maintenance.ts';
import type {Excluded} from '../rollup-ports.ts';

/** Looks inside maintenance are marked where they are kept; a slot without a look in it has no mark. */
export const announced = (): Excluded => excludedBy([]);
