import type { Theme } from '@fluentui/react-components';
import { useSyncExternalStore } from 'react';
import type { Themes } from './themes.ts';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** The one that the reader's system asks for, as it is changed. */
export function useTheme(themes: Themes): Theme {
  return useSyncExternalStore(follow, () => dark.matches) ? themes.dark : themes.light;
}

function follow(changed: () => void): () => void {
  dark.addEventListener('change', changed);
  return () => dark.removeEventListener('change', changed);
}
