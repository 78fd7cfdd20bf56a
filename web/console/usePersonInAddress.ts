import { useEffect, useState } from 'react';

const prefix = '#person=';

/** The person whose page is open. It stands in the address, so that it can be linked to, reloaded and left with Back. */
export function usePersonInAddress(): readonly [string | undefined, (id: string | undefined) => void] {
  const [id, setId] = useState(() => personIn(location.hash));
  useEffect(() => {
    const changed = (): void => setId(personIn(location.hash));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return [id, openPerson];
}

function openPerson(id: string | undefined): void {
  location.hash = id === undefined ? '' : prefix + encodeURIComponent(id);
}

/** Undefined for an address of nobody. */
export function personIn(hash: string): string | undefined {
  if (!hash.startsWith(prefix)) return undefined;
  try {
    return decodeURIComponent(hash.slice(prefix.length)) || undefined;
  } catch {
    return undefined;
  }
}
