import type { Capability } from '@passerelle/roster';

/**
 * Who may use a route.
 *
 * - `public`: anybody
 * - `signIn`: anybody who comes to say who they are; who they were before does not matter
 * - `signedIn`: whoever is known, whatever they may do
 * - capabilities: who holds all of them, somewhere or (`everywhere`) for the whole centre
 */
export type RouteAccess =
  | 'public'
  | 'signIn'
  | 'signedIn'
  | { capabilities: readonly Capability[]; everywhere: boolean };

/** Who has these, be it for one site: the handler is told how far they reach. */
export function needs(...capabilities: readonly Capability[]): RouteAccess {
  return { capabilities, everywhere: false };
}

/** Who has these for the whole centre: what is done concerns all sites. */
export function needsEverywhere(...capabilities: readonly Capability[]): RouteAccess {
  return { capabilities, everywhere: true };
}
