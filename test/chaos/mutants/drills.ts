import { kill, killTwice } from '../faults/deaths';
import { crashBroker } from '../faults/grounds';
import { hold } from '../faults/people';
import { isOver, pause, pauseWithin, type Scene } from '../faults/scene';
import { standstill, zombie } from '../faults/zombies';

/** Stops one detector beyond its session, and kills another, so that the first one's work is taken. */
export async function zombies(scene: Scene): Promise<void> {
  const { random, world } = scene;
  while (!isOver(scene)) {
    const [first, second] = random.shuffled(world.of('detector'));
    kill(scene, second!);
    await pause(random.int(0, 300));
    await zombie(scene, first!);
    await pauseWithin(scene, 3_000);
  }
}

export async function detectorDeaths(scene: Scene): Promise<void> {
  while (!isOver(scene)) {
    await pauseWithin(scene, 4_000);
    kill(scene, scene.random.pick(scene.world.of('detector')));
    await pauseWithin(scene, 8_000);
  }
}

/** Remedies die with a payout, a message or something to tell in hand. */
export async function remedyDeaths(scene: Scene): Promise<void> {
  const { random, world } = scene;
  while (!isOver(scene)) {
    for (const member of world.of('remedy')) {
      killTwice(scene, member, random.pick(['outbox.after-publish', 'payout.before-record']), 2);
    }
    await pauseWithin(scene, 7_000);
  }
}

export async function stops(scene: Scene): Promise<void> {
  while (!isOver(scene)) {
    await hold(scene);
    await pauseWithin(scene, 1_500);
  }
}

export async function oneStandstill(scene: Scene): Promise<void> {
  await pause(4_000);
  await standstill(scene);
}

/** The door dies around its commit, and while the broker does not answer. */
export async function doorDeaths(scene: Scene): Promise<void> {
  const { random, world } = scene;
  while (!isOver(scene)) {
    for (const member of world.of('api')) {
      killTwice(scene, member, random.pick(['ingest.before-commit', 'ingest.after-commit']), 3);
      await member.process.ready();
      await pause(3_000);
      member.kafka.silence(true);
      await pause(4_000);
      kill(scene, member);
      await pause(300);
      member.kafka.silence(false);
      await member.process.ready();
    }
    await pauseWithin(scene, 3_000);
    if (random.chance(0.3)) await crashBroker(scene);
  }
}
