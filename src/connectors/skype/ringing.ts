import type { SipUri } from '../../core/people.ts';
import type { IncomingMessage, RingWatch, Sink } from '../../gateway/connector.ts';
import type { DialogEnd, DialogId, DoorInvitation } from './door.ts';
import type { Endpoint } from './endpoint.ts';

/** Invitations that ring at a person's own clients as well as at the gateway's endpoint, until the gateway decides. */
export interface Ringing {
  /** An invitation has come, and it is being found out who is meant; it may end meanwhile. Disposed when that is done. */
  arrived(invitation: Pick<DoorInvitation, 'dialog' | 'from'>): Disposable;
  /** Whether a first text of this peer may be left ringing: only where a conversation begins with it. */
  mayRing(peer: SipUri): boolean;
  /** Leaves it to the gateway what becomes of it. Rejects, and has taken nothing, if the text cannot be kept. */
  rings(invitation: DoorInvitation, message: IncomingMessage): Promise<void>;
  /** The peer has opened another conversation, which is taken up: what rings of theirs is left for it. */
  giveWay(peer: SipUri): void;
  ended(dialog: DialogId, how: DialogEnd): void;
}

/** What is known of a ring: it may be over before the gateway has said who watches it. */
interface Heard {
  readonly peer: SipUri;
  watch: RingWatch | undefined;
  end: DialogEnd | undefined;
}

export function createRinging(endpoint: Endpoint, sink: Sink): Ringing {
  const heard = new Map<DialogId, Heard>();

  const ended = (dialog: DialogId, how: DialogEnd): void => {
    const ring = heard.get(dialog);
    if (!ring) return;
    ring.end = how;
    if (!ring.watch) return;
    heard.delete(dialog);
    ring.watch.ended(how);
  };

  return {
    ended,

    arrived({ dialog, from: peer }) {
      const ring: Heard = { peer, watch: undefined, end: undefined };
      heard.set(dialog, ring);
      return {
        [Symbol.dispose]() {
          if (heard.get(dialog) === ring && !ring.watch) heard.delete(dialog);
        },
      };
    },

    mayRing: (peer) =>
      sink.rings !== undefined &&
      endpoint.owner.kind === 'person' &&
      (endpoint.known(peer, undefined)?.isFresh ?? true),

    async rings({ dialog, thread, from }, message) {
      const ring: Heard = heard.get(dialog) ?? { peer: from, watch: undefined, end: undefined };
      if (ring.end === 'answered-elsewhere' || ring.end === 'declined') return;
      if (ring.end === undefined) endpoint.leaveRinging(dialog, thread, from);
      try {
        ring.watch = await sink.rings?.({
          message,
          ringMs: endpoint.ringMs,
          hasOthers: (signal) => endpoint.door.hasOthers(signal),
          accept() {
            if (endpoint.find(dialog)) endpoint.adopt(dialog, thread, from, undefined);
          },
        });
      } catch (error) {
        endpoint.ended(dialog);
        throw error;
      }
      if (ring.end === undefined) return;
      heard.delete(dialog);
      ring.watch?.ended(ring.end);
    },

    giveWay(peer) {
      for (const [dialog, ring] of [...heard])
        if (ring.peer === peer && ring.watch) ended(dialog, 'caller-gave-up');
    },
  };
}
