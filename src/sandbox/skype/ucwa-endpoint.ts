import type {
  BackendCall,
  BackendEndpoint,
  CallSink,
  ContactGroup,
  EndpointSink,
  GroupResult,
  MakeAvailable,
  NoteView,
  OutgoingCall,
  PersonCard,
  PresenceView,
} from '../../protocols/ucwa/server/backend.ts';
import type { MessageFormat, PreferredAvailability } from '../../protocols/ucwa/types.ts';
import type { ContactList } from './contacts.ts';
import type { ContactsChange, Endpoint, EndpointDoor, IdleTimes } from './endpoint.ts';
import type { Invitation, Leg, LegSink } from './leg.ts';
import type { Pool } from './pool.ts';
import type { PresencePart } from './presentity.ts';
import { cardOf, search } from './ucwa-people.ts';
import { chosenBy, noteOf, viewOf } from './ucwa-presence.ts';

/** One signed-in UCWA client: what it asks of the pool, and what the pool tells it. */
export class UcwaEndpoint implements BackendEndpoint, EndpointDoor {
  readonly me: PersonCard;
  readonly #pool: Pool;
  readonly #sink: EndpointSink;
  readonly #idleTimes: IdleTimes;
  readonly #endpoint: Endpoint;

  constructor(pool: Pool, address: string, sink: EndpointSink, idleTimes: IdleTimes) {
    this.#pool = pool;
    this.#sink = sink;
    this.#idleTimes = idleTimes;
    this.me = cardOf(pool, address, address);
    this.#endpoint = pool.signIn(address, this);
  }

  makeAvailable({ modalities, formats, signInAs, inactiveAfterMs }: MakeAvailable): void {
    const { awayAfterMs } = this.#idleTimes;
    this.#endpoint.publish(
      { modalities, formats, device: 'PC' },
      inactiveAfterMs === undefined ? this.#idleTimes : { inactiveAfterMs, awayAfterMs },
      signInAs === undefined ? undefined : chosenBy(signInAs),
    );
  }

  setFormats(formats: readonly MessageFormat[]): void {
    this.#endpoint.setFormats(formats);
  }

  reportActivity(): void {
    this.#endpoint.reportActivity();
  }

  presence(): PresenceView {
    return viewOf(this.#endpoint.presentity.seenBy(this.me.address));
  }

  choosePresence(choice: PreferredAvailability | undefined): void {
    this.#endpoint.choose(choice === undefined ? undefined : chosenBy(choice));
  }

  note(): NoteView {
    return noteOf(this.#endpoint.presentity);
  }

  setNote(text: string): void {
    this.#endpoint.presentity.setNote(text);
  }

  location(): string {
    return this.#endpoint.presentity.location;
  }

  setLocation(text: string): void {
    this.#endpoint.presentity.setLocation(text);
  }

  card(address: string): PersonCard {
    return cardOf(this.#pool, this.me.address, address);
  }

  search(query: string): readonly PersonCard[] {
    return search(this.#pool, this.me.address, query);
  }

  presenceOf(address: string): PresenceView {
    return viewOf(this.#pool.visible(this.me.address, address));
  }

  noteOf(address: string): NoteView {
    return noteOf(this.#pool.visible(this.me.address, address));
  }

  locationOf(address: string): string {
    return this.#pool.visible(this.me.address, address)?.location ?? '';
  }

  modalitiesOf(address: string): readonly string[] {
    return this.#pool.visible(this.me.address, address)?.modalities ?? [];
  }

  watch(address: string): string {
    return this.#pool.watch(this.#endpoint, address)?.account.address ?? address;
  }

  unwatch(address: string): void {
    this.#pool.unwatch(this.#endpoint, address);
  }

  contacts(): readonly string[] {
    return [...this.#contactList.contacts];
  }

  groups(): readonly ContactGroup[] {
    return Array.from(this.#contactList.groups, ({ id, name, kind, contacts }) => ({
      id,
      name,
      kind,
      contacts: [...contacts],
    }));
  }

  addGroup(name: string): GroupResult {
    return this.#contactList.addGroup(name);
  }

  renameGroup(id: string, name: string): GroupResult {
    return this.#contactList.renameGroup(id, name);
  }

  removeGroup(id: string): GroupResult {
    return this.#contactList.removeGroup(id);
  }

  addToGroup(id: string, address: string): GroupResult {
    return this.#contactList.add(id, address);
  }

  removeFromGroup(id: string, address: string): GroupResult {
    return this.#contactList.remove(id, address);
  }

  call(input: OutgoingCall, sink: CallSink): BackendCall {
    const invitation = { from: this.me.address, ...input };
    return callThrough(this.#pool.call(this.#endpoint, invitation, this.#legSink(sink)));
  }

  close(): void {
    this.#endpoint[Symbol.dispose]();
  }

  selfChanged(part: PresencePart): void {
    if (part !== 'modalities') this.#sink.selfChanged(part);
  }

  watchedChanged(address: string, part: PresencePart): void {
    this.#sink.contactChanged(address, part);
  }

  contactsChanged(change: ContactsChange): void {
    this.#sink.contactListChanged(change);
  }

  invited({ from, subject, importance, threadId, message }: Invitation, leg: Leg): LegSink | undefined {
    const invitation = { from: this.card(from), subject, importance, threadId, message };
    const taken = this.#sink.invited(invitation, callThrough(leg));
    return taken && this.#legSink(taken);
  }

  get #contactList(): ContactList {
    return this.#pool.contacts(this.me.address);
  }

  #legSink(sink: CallSink): LegSink {
    return {
      connected: (peer, formats) => sink.connected(this.card(peer), formats),
      message: (text, settled) => sink.message(text, () => settled(true)),
      peerTyping: (on) => sink.peerTyping(on),
      over: (end) => sink.over(end),
    };
  }
}

function callThrough(leg: Leg): BackendCall {
  return {
    start: () => leg.start(),
    accept: () => leg.accept(),
    decline: (reason) => leg.decline(reason === 'Local' ? 'endpoint' : 'person'),
    hangUp: () => leg.hangUp(),
    // UCWA has no word for a refusal: it is a message that was not taken in time.
    send: (content, settled) =>
      leg.send(content, (outcome) => settled(outcome === 'refused' ? 'timeout' : outcome)),
    typing: () => leg.typing(),
  };
}
