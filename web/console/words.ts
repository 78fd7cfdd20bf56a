import type { Message, Side } from './model.ts';

export const sideNames: Readonly<Record<Side, string>> = { teams: 'Teams', skype: 'Skype for Business' };

export type Tone = 'success' | 'danger' | 'warning' | 'informative' | 'subtle';

export interface StateWords {
  readonly words: string;
  readonly tone: Tone;
}

/** What became of a message, and how strongly to say it. */
export function messageState(message: Message): StateWords {
  switch (message.state) {
    case 'delivered':
      return { words: 'Delivered', tone: 'success' };
    case 'failed':
      return { words: 'Failed', tone: 'danger' };
    case 'under way':
      return { words: 'Under way', tone: 'warning' };
    case 'native':
      return { words: 'Shown by its own network', tone: 'informative' };
    case 'echo':
      return { words: 'Our own', tone: 'subtle' };
    default:
      return { words: message.state, tone: 'subtle' };
  }
}

export function linkState(state: string): StateWords {
  switch (state) {
    case 'connected':
      return { words: 'Connected', tone: 'success' };
    case 'connecting':
      return { words: 'Connecting', tone: 'warning' };
    case 'disconnected':
      return { words: 'Disconnected', tone: 'danger' };
    case 'refused':
      return { words: 'Refused', tone: 'danger' };
    default:
      return { words: state, tone: 'subtle' };
  }
}
