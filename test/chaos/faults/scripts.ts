import type { Role } from '../world/world';
import { kill, killTwice, rarestPoint } from './deaths';
import { crashBroker, crashDatabase, rebalanceStorm } from './grounds';
import { cutCommits, cutNetwork, delayNetwork, silenceNetwork } from './network';
import { changeRules, hold } from './people';
import { isOver, pause, pauseWithin, type Scene } from './scene';
import { standstill, zombie } from './zombies';

/** Does its harm until the scene is over. */
export type Script = (scene: Scene) => Promise<void>;

const BACK_MS = 30_000;

/** Detectors die, one to all of them at once; whoever is left takes over. */
export async function killDetectors(scene: Scene): Promise<void> {
  const { random, world } = scene;
  while (!isOver(scene)) {
    await pauseWithin(scene, random.int(600, 2_500));
    if (isOver(scene)) return;
    const kind = random.weighted({ kill: 6, zombie: 1.5, storm: 1 });
    const [first, ...others] = random.shuffled(world.of('detector'));
    if (kind === 'storm') await scene.recovery.disturbed(rebalanceStorm(scene));
    else if (kind === 'zombie') {
      // Somebody dies beside it, or the one that stopped would not be missed.
      kill(scene, others[0]!);
      await pause(random.int(0, 400));
      await scene.recovery.disturbed(zombie(scene, first!));
    } else {
      for (const victim of [first!, ...others].slice(0, random.int(1, 3))) {
        if (random.chance(0.55)) {
          const point = rarestPoint(scene, 'detector');
          killTwice(scene, victim, point, random.int(1, 3));
        } else kill(scene, victim);
      }
    }
    await untilBack(scene, 'detector');
  }
}

export function killRemedies(scene: Scene): Promise<void> {
  return killOneByOne(scene, 'remedy', [1_000, 3_000]);
}

export function killApi(scene: Scene): Promise<void> {
  return killOneByOne(scene, 'api', [1_500, 4_000]);
}

/** What everybody stands on gives way: broker, database, network; and people stop and change things. */
export async function shakeGround(scene: Scene): Promise<void> {
  const { random } = scene;
  const deck = {
    broker: 2,
    database: 2,
    cut: 3,
    silence: 2,
    delay: 2,
    commits: 4,
    hold: 3,
    rules: 2,
    zombie: 1,
    standstill: 1,
  };
  const faults: Record<keyof typeof deck, Script> = {
    broker: crashBroker,
    database: crashDatabase,
    cut: cutNetwork,
    silence: silenceNetwork,
    delay: delayNetwork,
    commits: cutCommits,
    hold,
    rules: changeRules,
    zombie: (one) => zombie(one, random.pick(one.world.of('remedy'))),
    standstill,
  };
  // Each once before chance decides, in the order of the seed.
  const once = random.shuffled(Object.keys(deck) as (keyof typeof deck)[]);
  const beside = new Set<Promise<void>>();
  while (!isOver(scene)) {
    await pauseWithin(scene, random.int(2_000, 5_000));
    // Or nobody would ever be back at work.
    await untilBack(scene, 'detector');
    if (isOver(scene)) break;
    const name = once.pop() ?? random.weighted(deck);
    const isQuiet = name === 'hold' || name === 'rules';
    const work = isQuiet ? faults[name](scene) : scene.recovery.disturbed(faults[name](scene));
    // These take long and leave room for others.
    if (name === 'hold' || name === 'zombie') {
      const done = work.finally(() => beside.delete(done));
      beside.add(done);
    } else await work;
  }
  await Promise.all(beside);
}

/** Whoever is back at work may die again; who is not is left alone, so that each death is measured. */
async function killOneByOne(
  scene: Scene,
  role: Role,
  gap: readonly [number, number],
): Promise<void> {
  const { random, world, recovery } = scene;
  while (!isOver(scene)) {
    await pauseWithin(scene, random.int(...gap));
    if (isOver(scene)) return;
    const members = random.shuffled(world.of(role));
    const victims = members.slice(0, random.int(1, members.length));
    for (const victim of victims.filter((one) => !recovery.isOpenFor(one))) {
      if (random.chance(0.5)) {
        killTwice(scene, victim, rarestPoint(scene, role), random.int(1, 4));
      } else kill(scene, victim);
    }
  }
}

/** Until those who died are back at work, so that each death is measured. */
async function untilBack(scene: Scene, role: Role): Promise<void> {
  const giveUpMs = performance.now() + BACK_MS;
  // A signal takes a moment.
  await pause(300);
  while (scene.recovery.isOpen(role) && performance.now() < giveUpMs) await pause(100);
}
