// THE list of channels, one file each. They tell somebody, through the ports that they are given.
import type {AnyChannel} from '../define-channel.ts';
import {alertmanager} from './alertmanager.ts';
import {bell} from './bell.ts';
import {command} from './command.ts';
import {email} from './email.ts';
import {pagerduty} from './pagerduty.ts';
import {slack} from './slack.ts';
import {telegram} from './telegram.ts';
import {webhook} from './webhook.ts';

export const channels: readonly AnyChannel[] = [
  telegram,
  slack,
  email,
  pagerduty,
  webhook,
  alertmanager,
  command,
  bell,
];
