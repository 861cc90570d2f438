import { CRASH_POINT_NAMES, type CrashPointName } from '@amends/platform';
import type { Member, Role } from '../world/world';
import { note, type Scene } from './scene';

const ROLE_OF: Readonly<Record<string, Role>> = {
  ingest: 'api',
  detector: 'detector',
  timer: 'detector',
  decision: 'remedy',
  payout: 'remedy',
  message: 'remedy',
  outbox: 'remedy',
};

export function crashPointsOf(role: Role): CrashPointName[] {
  return CRASH_POINT_NAMES.filter((name) => ROLE_OF[name.slice(0, name.indexOf('.'))] === role);
}

/** Kill -9, at whatever it is doing. */
export function kill(scene: Scene, member: Member): void {
  if (scene.world.kill(member)) note(scene, `kill ${member.role}`, member.name);
}

/** Kill -9, and its next life ends at the n-th pass of a point. */
export function killTwice(scene: Scene, member: Member, point: CrashPointName, pass: number): void {
  scene.world.arm(member, point, pass);
  kill(scene, member);
}

/** The point of the role that has been met least, by chance among equals. */
export function rarestPoint(scene: Scene, role: Role): CrashPointName {
  const asked = (point: string) => scene.done.get(`arm ${point}`) ?? 0;
  const points = scene.random.shuffled(crashPointsOf(role));
  const point = points.reduce((a, b) => (asked(b) < asked(a) ? b : a));
  scene.done.set(`arm ${point}`, asked(point) + 1);
  return point;
}
