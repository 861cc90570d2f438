import type { Member } from '../world/world';
import { note, pause, type Scene } from './scene';

/** Longer than the session of a consumer (10 s) and the joining of the others, who hear of it by a heartbeat. */
const ZOMBIE_MS = 17_000;
/** Longer than the lease of a payout (30 s). */
const LATE_PAYER_MS = 33_000;
/** Longer than a promise lasts, its lateness included. */
const STANDSTILL_MS = 34_000;

/** Stopped in the middle of whatever it does, given up by the others, and back as if nothing were. */
export async function zombie(scene: Scene, member: Member): Promise<void> {
  const ms = member.role === 'remedy' ? LATE_PAYER_MS : ZOMBIE_MS;
  note(scene, `zombie ${member.role}`, member.name);
  await stopFor(scene, [member], ms);
}

/** No detector reads for longer than any deadline: what waits meanwhile was in time. */
export async function standstill(scene: Scene): Promise<void> {
  note(scene, 'standstill');
  // Whoever is dead now cannot come back before it ends: its time would say nothing.
  scene.recovery.forget('detector');
  await stopFor(scene, scene.world.of('detector'), STANDSTILL_MS);
  scene.recovery.forget('detector');
}

async function stopFor({ world }: Scene, members: readonly Member[], ms: number): Promise<void> {
  const goOn = members.map((member) => world.freeze(member));
  await pause(ms);
  for (const one of goOn) one();
}
