// Whether an answer may lead into another file: only into runbooks that the operator has trusted, and for this site.
import {placeOf} from '../../domain/run-moves.ts';
import type {Runbook} from '../../domain/runbook.ts';
import type {Lead, Plans} from './plans.ts';
import type {RunWorld} from './world.ts';

/** `plans.leads`, with what this site has to say about the file that it leads to. */
export const trustedLeads =
  ({site}: Pick<RunWorld, 'site'>, plans: Plans) =>
  (link: string, file: string | undefined): Lead | undefined => {
    const place = placeOf(plans, link, file);
    const problem = place?.file === undefined ? undefined : fileProblem(place.runbook, site);
    return problem === undefined ? plans.leads(link, file) : {problem};
  };

function fileProblem(
  {file, sha256, problems, meta}: Runbook,
  {dir, hashes, environment}: RunWorld['site'],
): string | undefined {
  const inSite = file.startsWith(`${dir}/`) ? file.slice(dir.length + 1) : undefined;
  if (inSite !== undefined && hashes[inSite] !== sha256)
    return `${inSite} is no runbook that was there when this site was trusted`;
  const broken = problems.find(({level}) => level === 'error');
  if (broken !== undefined) return `${file}:${broken.line}: ${broken.message}`;
  const {environments} = meta;
  return environments.length > 0 && !environments.includes(environment)
    ? `${file} is for ${environments.join(', ')}, and this site is ${environment}`
    : undefined;
}
