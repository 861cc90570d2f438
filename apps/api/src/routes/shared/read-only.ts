import { z } from 'zod';

/**
 * What a representation shows beside what can be set. Whoever reads, changes a field and sends the
 * whole back sends these too: they are taken and change nothing.
 */
export function readOnly<N extends string>(...names: readonly N[]) {
  const field = z.unknown().optional().meta({ readOnly: true });
  return Object.fromEntries(names.map((name) => [name, field])) as Record<N, typeof field>;
}
