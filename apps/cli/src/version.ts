/** Of the command, and of the service in its traces. */
export const VERSION = '0.1.0';
