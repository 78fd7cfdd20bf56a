import type {
  BackendCall,
  BackendEndpoint,
  CallSink,
  EndpointSink,
  Home,
  PersonCard,
  PresenceView,
  SignInResult,
  UcwaBackend,
} from '../../protocols/ucwa/server/backend.ts';
import type { Availability, PreferredAvailability } from '../../protocols/ucwa/types.ts';
import { domainOf } from './account.ts';
import type { EndpointDoor } from './endpoint.ts';
import type { Leg, LegSink } from './leg.ts';
import type { Pool } from './pool.ts';
import { availability, type ChosenState, classOf, type Presence, type PresenceClass } from './presence.ts';
import type { View } from './view.ts';

export interface UcwaDoorOptions {
  readonly pool: Pool;
  signIn(address: string, password: string): SignInResult;
  homeOf(address: string, protocol: string): Home;
  readonly inactiveAfterMs: number;
  readonly awayAfterMs: number;
}

/** The pool as a UCWA server asks for it. */
export function ucwaDoor(options: UcwaDoorOptions): UcwaBackend {
  return {
    signIn: (username, password) => options.signIn(addressOfUser(username), password),
    homeOf: (address, protocol) => options.homeOf(address, protocol),
    open: (address, sink) => openEndpoint(options, address, sink),
  };
}

/** People type it with and without the scheme. */
function addressOfUser(username: string): string {
  return username.trim().toLowerCase().replace(/^sip:/, '');
}

function openEndpoint(options: UcwaDoorOptions, address: string, sink: EndpointSink): BackendEndpoint {
  const { pool } = options;
  const card = (of: string) => cardOf(pool, address, of);
  const endpoint = pool.signIn(address, doorTo(sink, card));
  const own = endpoint.presentity;
  const contacts = () => pool.contacts(address);
  return {
    me: card(address),
    makeAvailable: ({ modalities, formats, signInAs, inactiveAfterMs }) =>
      endpoint.publish(
        { modalities, formats, device: 'PC' },
        {
          inactiveAfterMs: inactiveAfterMs ?? options.inactiveAfterMs,
          awayAfterMs: options.awayAfterMs,
        },
        signInAs === undefined ? undefined : chosenBy(signInAs),
      ),
    setFormats: (formats) => endpoint.setFormats(formats),
    reportActivity: () => endpoint.reportActivity(),
    presence: () => viewOf(own.seenBy(address)),
    choosePresence: (choice) => endpoint.choose(choice === undefined ? undefined : chosenBy(choice)),
    note: () => own.note,
    setNote: (text) => own.setNote(text),
    location: () => own.location,
    setLocation: (text) => own.setLocation(text),
    card,
    search: (query) => search(pool, address, query),
    presenceOf: (of) => viewOf(pool.visible(address, of)),
    noteOf: (of) => pool.visible(address, of)?.note ?? '',
    locationOf: (of) => pool.visible(address, of)?.location ?? '',
    modalitiesOf: (of) => pool.visible(address, of)?.modalities ?? [],
    watch: (of) => pool.watch(endpoint, of),
    contacts: () => [...contacts().contacts],
    groups: () =>
      Array.from(contacts().groups, ({ id, name, kind, contacts: members }) => ({
        id,
        name,
        kind,
        contacts: [...members],
      })),
    addGroup: (name) => contacts().addGroup(name),
    renameGroup: (id, name) => contacts().renameGroup(id, name),
    removeGroup: (id) => contacts().removeGroup(id),
    addToGroup: (id, contact) => contacts().add(id, contact),
    removeFromGroup: (id, contact) => contacts().remove(id, contact),
    call: (input, callSink) =>
      callThrough(pool.call(endpoint, { from: address, ...input }, sinkTo(callSink, card))),
    close: () => endpoint[Symbol.dispose](),
  };
}

function doorTo(sink: EndpointSink, card: (address: string) => PersonCard): EndpointDoor {
  return {
    selfChanged: (part) => {
      if (part !== 'modalities') sink.selfChanged(part);
    },
    watchedChanged: (address, part) => sink.contactChanged(address, part),
    contactsChanged: (change) => sink.contactListChanged(change),
    invited: ({ from, subject, importance, threadId, message }, leg) => {
      const invitation = { from: card(from), subject, importance, threadId, message };
      const taken = sink.invited(invitation, callThrough(leg));
      return taken && sinkTo(taken, card);
    },
  };
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

function sinkTo(sink: CallSink, card: (address: string) => PersonCard): LegSink {
  return {
    connected: (peer, formats) => sink.connected(card(peer), formats),
    message: (text, settled) => sink.message(text, () => settled(true)),
    peerTyping: (on) => sink.peerTyping(on),
    over: (end) => sink.over(end),
  };
}

function cardOf(pool: Pool, viewer: string, address: string): PersonCard {
  const sameEnterprise = domainOf(viewer) === domainOf(address);
  const seen = pool.visible(viewer, address);
  if (!seen) {
    return {
      address,
      name: address,
      sourceNetwork: sameEnterprise ? 'SameEnterprise' : 'Unknown',
      emailAddresses: [],
    };
  }
  return {
    address,
    name: seen.name,
    sourceNetwork: sameEnterprise ? 'SameEnterprise' : 'Federated',
    emailAddresses: [address],
    ...(seen.company !== undefined && { company: seen.company }),
  };
}

/** Colleagues by name or address; and anybody else whose whole address is given. */
function search(pool: Pool, viewer: string, query: string): readonly PersonCard[] {
  const wanted = query.trim().toLowerCase().replace(/^sip:/, '');
  const found: PersonCard[] = [];
  for (const account of pool.directory(domainOf(viewer))) {
    if (!account.listed && account.address !== wanted) continue;
    if (account.name.toLowerCase().includes(wanted) || account.address.includes(wanted)) {
      found.push(cardOf(pool, viewer, account.address));
    }
  }
  if (found.length === 0 && pool.visible(viewer, wanted)) found.push(cardOf(pool, viewer, wanted));
  return found;
}

const words: Readonly<Record<PresenceClass, Availability>> = {
  online: 'Online',
  idleOnline: 'IdleOnline',
  busy: 'Busy',
  idleBusy: 'IdleBusy',
  doNotDisturb: 'DoNotDisturb',
  beRightBack: 'BeRightBack',
  away: 'Away',
  offline: 'Offline',
};

export function wordOf(presence: Presence): Availability {
  return words[classOf(presence.availability)];
}

const choices: Readonly<Record<PreferredAvailability, ChosenState>> = {
  Online: { availability: availability.online, activity: undefined },
  Busy: { availability: availability.busy, activity: undefined },
  DoNotDisturb: { availability: availability.doNotDisturb, activity: undefined },
  BeRightBack: { availability: availability.beRightBack, activity: undefined },
  Away: { availability: availability.away, activity: undefined },
  Offwork: { availability: availability.away, activity: 'off-work' },
};

export function chosenBy(choice: PreferredAvailability): ChosenState {
  return choices[choice];
}

function viewOf(seen: View | undefined): PresenceView {
  if (!seen) return { availability: 'Offline', deviceType: 'Unknown' };
  const { activity } = seen.presence;
  return {
    availability: wordOf(seen.presence),
    ...(activity === undefined ? {} : { activity }),
    deviceType: seen.device,
    ...(seen.lastActive === undefined ? {} : { lastActive: seen.lastActive }),
  };
}
