/**
 * The rule of a message that stays on the side it was written in, because both people talk there through the gateway:
 * by it a message that a crash left under way is known to have gone there.
 */
export const relayRule = 'taken-up-in-skype';
