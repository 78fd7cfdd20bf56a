/** The account in whose name the gateway tells a sender that a message was not delivered. */
export const gatewayName = 'Isthmus';

export const failureReaction = '⚠️';

export interface FailureNotice {
  readonly messageId: string;
  /** Cause and cure, as the gateway words them. */
  readonly reason: string;
}

/**
 * Reads a notice of the gateway: first `Not delivered to <name>: <cause>`, then the cure and the quoted
 * text, last `Message <id>`. Undefined for every other message.
 */
export function readNotice(paragraphs: readonly string[]): FailureNotice | undefined {
  const id = /^Message (\S+)$/.exec(paragraphs.at(-1) ?? '')?.[1];
  const cause = /^Not delivered to .+?: (.+)$/.exec(paragraphs[0] ?? '')?.[1];
  if (id === undefined || cause === undefined) return undefined;
  const cure = paragraphs.length > 2 ? paragraphs[1] : undefined;
  return { messageId: id, reason: cure === undefined ? cause : `${cause} ${cure}` };
}

/** Whom a notice is about, from its first words, which a chat's preview keeps; undefined for every other text. */
export function noticeAbout(text: string): string | undefined {
  return /^Not delivered to (.+?): /.exec(text)?.[1];
}

/** ⚠ is written with or without the sign that asks for its coloured form. */
export function isFailureReaction(reaction: string): boolean {
  return reaction.replace('\uFE0F', '') === failureReaction.replace('\uFE0F', '');
}
