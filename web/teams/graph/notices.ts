/** The account in whose name the gateway tells a sender that a message was not delivered. */
export const gatewayName = 'Isthmus';

export const failureReaction = '⚠️';

export interface FailureNotice {
  readonly messageId: string;
  /** Cause and cure, as the gateway words them. */
  readonly reason: string;
}

/**
 * Reads a notice of the gateway: first `Not delivered to <name>: <cause>`, last `Message <id>`; what stands
 * between them is the cure and the quoted text. Undefined for every other message.
 */
export function readNotice(paragraphs: readonly string[]): FailureNotice | undefined {
  const id = /^Message (\S+)$/.exec(paragraphs.at(-1) ?? '')?.[1];
  const first = /^Not delivered to .+?: (.+)$/.exec(paragraphs[0] ?? '')?.[1];
  return id !== undefined && first !== undefined ? { messageId: id, reason: first } : undefined;
}

/** ⚠ is written with or without the sign that asks for its coloured form. */
export function isFailureReaction(reaction: string): boolean {
  return reaction.replace('\uFE0F', '') === failureReaction.replace('\uFE0F', '');
}
