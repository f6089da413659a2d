/** Raised whenever a message changes its meaning; window and host must agree on it. */
export const PROTOCOL_VERSION = 3
