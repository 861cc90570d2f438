/**
 * Keys that reach an object's prototype when a careless reader copies them. They are refused at the
 * door, so that no later merge, template or expression ever sees one.
 */
export function isForbiddenKey(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype';
}
