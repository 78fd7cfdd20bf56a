import { type RefObject, useEffect, useRef } from 'react';

/** Pixels from the end within which the reader counts as being at it. */
const near = 60;

/** Keeps a scrolling list at its end while new entries come, unless the reader has scrolled up. */
export function useStickToEnd(lastKey: string | undefined): RefObject<HTMLDivElement | null> {
  const list = useRef<HTMLDivElement | null>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const onScroll = (): void => {
      atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < near;
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new last entry is what this waits for
  useEffect(() => {
    const element = list.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [lastKey]);
  return list;
}
