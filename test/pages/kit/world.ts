import { Whole } from '../../kit/whole.ts';
import { PagesBrowser } from './browser.ts';

/** The whole product and a browser to look at it with. */
export interface World extends AsyncDisposable {
  readonly system: Whole;
  readonly browser: PagesBrowser;
}

export async function openWorld(): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const system = stack.use(await Whole.open());
  const browser = stack.use(await PagesBrowser.launch());
  const open = stack.move();
  return { system, browser, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
