import { SkypeActor, type SkypeEvent } from '../test/kit/skype-actor.ts';
import { TeamsActor } from '../test/kit/teams-actor.ts';
import type { Child } from './child.ts';
import type { Pair } from './crowd.ts';
import type { Servers, Shown } from './servers.ts';

/** Both ends of one conversation, as a client at each would drive it. */
export class Talk {
  readonly #teams: TeamsActor;
  readonly #skype: SkypeActor;
  readonly #pair: Pair;
  readonly #waiting = new Map<string, () => void>();
  #chat = '';
  #sendAddress = '';
  #count = 0;

  constructor(pair: Pair, teams: TeamsActor, skype: SkypeActor) {
    this.#pair = pair;
    this.#teams = teams;
    this.#skype = skype;
  }

  /** Signs both in, and sends one message so that chat and session are there. */
  async open(): Promise<void> {
    const connected = Promise.withResolvers<string>();
    this.#skype.onEvent = (event: SkypeEvent) => {
      const text = this.#skype.incoming(event);
      if (text !== undefined) this.arrived(text);
      const invitation = event._embedded?.['messagingInvitation'];
      if (event.type === 'started' && invitation?.['direction'] === 'Incoming')
        void this.#skype.accept(event).then(connected.resolve, connected.reject);
    };
    await this.#skype.signIn();
    await this.#teams.signIn();
    this.#chat = await this.#teams.chatWith(this.#pair.inSkype.address);
    await this.toSkype();
    this.#sendAddress = await this.#skype.sendAddress(await connected.promise);
  }

  arrived(text: string): void {
    this.#waiting.get(text)?.();
  }

  /** From just before the post to the moment it is shown, ms. */
  async toSkype(): Promise<number> {
    return this.#timed('to SfB', (text) => this.#teams.say(this.#chat, text));
  }

  async toTeams(): Promise<number> {
    return this.#timed('to Teams', (text) => this.#skype.post(this.#sendAddress, text));
  }

  async #timed(where: 'to SfB' | 'to Teams', post: (text: string) => Promise<unknown>): Promise<number> {
    const text = `${this.#pair.inTeams.name} ${where} ${++this.#count}`;
    const shown = Promise.withResolvers<void>();
    this.#waiting.set(text, shown.resolve);
    const start = performance.now();
    let lost: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      lost = setTimeout(() => reject(new Error(`not shown within 30 s: ${text}`)), 30_000);
    });
    await post(text);
    await Promise.race([shown.promise, late]);
    clearTimeout(lost);
    this.#waiting.delete(text);
    return performance.now() - start;
  }

  close(): Promise<void> {
    return this.#skype.close();
  }
}

/** Opens every conversation, a few at a time. What the embedded Graph shows is handed to the talk it belongs to. */
export async function openTalks(pairs: readonly Pair[], servers: Child<Servers>): Promise<readonly Talk[]> {
  const { graph, clientId, pool } = servers.ready;
  const talks = new Map<string, Talk>();
  for (const pair of pairs)
    talks.set(
      pair.inTeams.name,
      new Talk(
        pair,
        new TeamsActor({ graph, authority: graph, clientId }, pair.inTeams.address),
        new SkypeActor(pool, pair.inSkype.address),
      ),
    );
  servers.process.on('message', ({ shown }: Shown) => {
    const [, text, name] = shown.match(/((t\d+) to Teams \d+)/) ?? [];
    if (text !== undefined && name !== undefined) talks.get(name)?.arrived(text);
  });
  const queue = [...talks.values()];
  const worker = async (): Promise<void> => {
    for (let talk = queue.shift(); talk; talk = queue.shift()) await talk.open();
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return [...talks.values()];
}
