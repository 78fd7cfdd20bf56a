/** Inside a client's window that has no room for a list beside what is open: on a telephone, or in half a small screen. */
export const narrow = '@container (max-width: 480px)';
