import type { Random } from '../random';
import type { Recovery } from '../oracle/recovery';
import type { Witness } from '../oracle/witness';
import type { World } from '../world/world';

/** What a fault has to work with. */
export interface Scene {
  readonly world: World;
  readonly random: Random;
  readonly recovery: Recovery;
  readonly witness: Witness;
  /** How often each fault was done. */
  readonly done: Map<string, number>;
  /** No new fault begins after that, by `performance.now()`. */
  readonly untilMs: number;
  readonly log: (text: string) => void;
}

export function isOver({ untilMs }: Scene): boolean {
  return performance.now() >= untilMs;
}

export function note({ done, log }: Scene, fault: string, about = ''): void {
  done.set(fault, (done.get(fault) ?? 0) + 1);
  log(`${fault} ${about}`);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms));
}

/** Waits, no longer than the scene lasts. */
export async function pauseWithin(scene: Scene, ms: number): Promise<void> {
  await pause(Math.max(0, Math.min(ms, scene.untilMs - performance.now())));
}
