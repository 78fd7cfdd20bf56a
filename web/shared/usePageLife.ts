import { useEffect, useRef } from 'react';

/** What happens to a page that a signed-in client has to know. */
export interface PageLife {
  /** The page goes away: closed, left, or loaded again. Only what needs no waiting can be done now. */
  readonly left: () => void;
  /** The page is back as it was left, from the browser's cache. */
  readonly returned: () => void;
  /** It can be seen again, or cannot any more. */
  readonly visibility: () => void;
  /** The person moved the pointer or pressed a key. */
  readonly input: () => void;
}

export function usePageLife(life: PageLife): void {
  const latest = useRef(life);
  useEffect(() => {
    latest.current = life;
  });
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    const input = (): void => latest.current.input();
    addEventListener('pagehide', () => latest.current.left(), { signal });
    addEventListener('pageshow', (event) => event.persisted && latest.current.returned(), { signal });
    addEventListener('pointermove', input, { signal, passive: true });
    addEventListener('keydown', input, { signal });
    document.addEventListener('visibilitychange', () => latest.current.visibility(), { signal });
    return () => ending.abort();
  }, []);
}
