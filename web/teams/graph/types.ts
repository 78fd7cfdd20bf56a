import type { Remarks } from '../../shared/presence/remarks.ts';
import type { RichNode } from '../../shared/richText/tree.ts';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly address: string;
}

export interface GraphPresence extends Remarks {
  readonly availability: string;
  readonly activity: string;
}

export interface ChatPreview {
  readonly id: string;
  /** Unix ms. */
  readonly at: number;
  readonly fromId: string;
  readonly text: string;
}

export interface Chat {
  readonly id: string;
  readonly topic: string;
  /** Everybody in the chat but the signed-in person. */
  readonly others: readonly User[];
  readonly preview: ChatPreview | undefined;
  /** Unix ms up to which the person has read; 0 before the first reading. */
  readonly readUpTo: number;
  /** Unix ms. */
  readonly createdAt: number;
}

export interface ChatMessage {
  readonly id: string;
  /** Changes whenever anything about the message does. */
  readonly version: string;
  /** Unix ms. */
  readonly at: number;
  readonly fromId: string;
  readonly fromName: string;
  readonly content: readonly RichNode[];
  readonly edited: boolean;
  readonly deleted: boolean;
  /** Reactions as they are drawn: 💘, ⚠️ … */
  readonly reactions: readonly string[];
}
