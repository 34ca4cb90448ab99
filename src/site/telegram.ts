// The environment names of the stabilisation sprint: with both set, Telegram is told without a word in the site file.
import {defaultPlan, type AlertPlan, type ChannelSpec} from '../domain/alert-plan.ts';
import {everything} from '../domain/scope.ts';
import type {Env} from '../ports.ts';

const [token, chat, base] = ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_CHAT_ID', 'TELEGRAM_API_BASE'];

const isSet = (env: Env, name: string): boolean => (env.get(name) ?? '') !== '';

/** The plan with what the environment says; a site that has a channel of this type itself goes before. */
export function withTelegram(plan: AlertPlan | undefined, env: Env): AlertPlan | undefined {
  const [hasToken, hasChat] = [isSet(env, token), isSet(env, chat)];
  if ((!hasToken && !hasChat) || plan?.channels.some(({type}) => type === 'telegram') === true) return plan;
  const known = plan ?? defaultPlan;
  if (!hasToken || !hasChat) {
    const [there, missing] = hasToken ? [token, chat] : [chat, token];
    const problem = `${there} is set, but ${missing} is not: nothing is sent to Telegram. Set both, or neither.`;
    return {...known, problems: [...known.problems, problem]};
  }
  const names = known.channels.map(({name}) => name);
  const name = names.includes('telegram') ? 'telegram-of-environment' : 'telegram';
  const channel: ChannelSpec = {
    name,
    type: 'telegram',
    params: {
      token: `env:${token}`,
      chat: `env:${chat}`,
      ...(isSet(env, base) ? {base: `env:${base}`} : {}),
    },
    secrets: [`env:${token}`],
    line: 0,
  };
  const routes =
    known.routes.length === 0
      ? []
      : [...known.routes, {severities: [], on: [everything], to: [name], digest: undefined}];
  return {...known, channels: [...known.channels, channel], routes};
}
