// What a silence, a maintenance window or a route is about: services, checks and labels, as text.

/** What may be covered: a check, or something about a whole service. */
export interface Target {
  readonly service: string;
  readonly check?: string;
  /** Labels of the service. */
  readonly labels: readonly string[];
}

const label = 'label:';
export const everything = '*';

/** Whether one of `service`, `service/check`, `label:NAME` and `*` covers it. */
export const covers = (scope: readonly string[], {service, check, labels}: Target): boolean =>
  scope.some(
    one =>
      one === everything ||
      one === service ||
      (check !== undefined && one === `${service}/${check}`) ||
      (one.startsWith(label) && labels.includes(one.slice(label.length))),
  );

interface Known {
  readonly services: readonly {
    readonly id: string;
    readonly labels: readonly string[];
    readonly checks: readonly {readonly id: string}[];
  }[];
}

/** Every scope that means something on this site, for "Did you mean". */
export const scopesOf = ({services}: Known): readonly string[] => [
  ...services.flatMap(({id, checks}) => [id, ...checks.map(check => `${id}/${check.id}`)]),
  ...new Set(services.flatMap(({labels}) => labels.map(name => label + name))),
];
