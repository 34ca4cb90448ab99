// From queued items to a notice: what each says at the moment of sending, from the alert as it is by then.
import type {QueuedItem} from '../../alert-ports.ts';
import type {Alert} from '../../domain/alert.ts';
import type {Notice, NoticeAlert} from '../../domain/notice.ts';
import type {Site} from '../../domain/site.ts';

export interface ComposeRequest {
  readonly site: Pick<Site, 'name' | 'environment' | 'services'>;
  /** Each item with its alert; an alert that is not known any more has none. */
  readonly items: readonly {readonly item: QueuedItem; readonly alert: Alert}[];
  readonly messageOf: (alert: Alert) => Promise<string | undefined>;
  /** Whether anybody at this channel was told that it began. */
  readonly wasTold: (item: QueuedItem) => boolean;
  readonly nowMs: number;
}

export async function compose({site, items, messageOf, wasTold, nowMs}: ComposeRequest): Promise<Notice> {
  const alerts = await Promise.all(
    items.map(async ({item, alert}): Promise<NoticeAlert> => {
      const {key, service, check, slo, labels, severity, title, sinceMs, acked, closed} = alert;
      return {
        alert: alert.alert,
        as: item.as,
        key,
        service,
        ...(check === undefined ? {} : {check}),
        ...(slo === undefined ? {} : {slo}),
        labels,
        severity,
        title,
        message: await messageOf(alert),
        sinceMs,
        endedMs: closed?.atMs,
        acked: acked?.operator,
        late: item.as === 'resolved' && !wasTold(item),
        runbooks: site.services.find(({id}) => id === service)?.runbooks ?? [],
      };
    }),
  );
  return {
    id: items
      .map(({item: {alert, as, queuedMs}}) => `${alert}:${as}${as === 'reminder' ? `@${queuedMs}` : ''}`)
      .sort()
      .join('+'),
    about: items.some(({item}) => item.digest) ? 'digest' : 'alerts',
    site: site.name,
    environment: site.environment,
    atMs: nowMs,
    alerts,
    repeated: items.some(({item}) => item.repeated),
  };
}
