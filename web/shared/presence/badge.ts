/** The presence icons that both products draw; names as Fluent's PresenceBadge has them. */
export type BadgeStatus =
  | 'available'
  | 'away'
  | 'busy'
  | 'do-not-disturb'
  | 'offline'
  | 'out-of-office'
  | 'unknown';

/** A presence as it is shown: the icon and the words beside it. */
export interface ShownPresence {
  readonly badge: BadgeStatus;
  readonly words: string;
}
