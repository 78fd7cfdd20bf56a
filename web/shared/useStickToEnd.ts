import { type RefObject, useEffect, useRef } from 'react';

/** Pixels from the end within which the reader counts as being at it. */
const near = 60;

/**
 * Keeps a scrolling list at its end, whether something is added, grows, or takes room away from the list, unless the reader
 * has scrolled up.
 */
export function useStickToEnd(): RefObject<HTMLDivElement | null> {
  const list = useRef<HTMLDivElement | null>(null);
  const atEnd = useRef(true);
  const stick = (): void => {
    const element = list.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: `stick` reads nothing but references
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const onScroll = (): void => {
      atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < near;
    };
    const resized = new ResizeObserver(stick);
    resized.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, []);
  useEffect(stick);
  return list;
}
