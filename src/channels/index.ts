// THE list of channels, one file each. They tell somebody, through the ports that they are given.
import type {AnyChannel} from '../define-channel.ts';
import {command} from './command.ts';
import {webhook} from './webhook.ts';

export const channels: readonly AnyChannel[] = [webhook, command];
