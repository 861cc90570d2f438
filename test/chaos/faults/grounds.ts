import { note, pause, type Scene } from './scene';

/** The broker dies, and comes back with what it had. */
export async function crashBroker(scene: Scene): Promise<void> {
  note(scene, 'broker crash');
  await scene.world.broker.kill();
  await scene.world.broker.restart();
}

/** The database dies in the middle of commits, and comes back with what it had promised. */
export async function crashDatabase(scene: Scene): Promise<void> {
  note(scene, 'database crash');
  await scene.world.crashDatabase();
}

/** What docs/operating.md promises is ten seconds; the machine may be busy. */
const END_MS = 15_000;

/** Members leave and join in good order, one upon the other. */
export async function rebalanceStorm(scene: Scene): Promise<void> {
  note(scene, 'rebalance storm');
  for (let round = 0; round < 4; round += 1) {
    const member = scene.random.pick(scene.world.of('detector'));
    const sinceMs = performance.now();
    const isEnded = await Promise.race([
      member.process.end('SIGTERM').then(() => true),
      pause(END_MS).then(() => false),
    ]);
    if (!isEnded) {
      // Whoever was stopped meanwhile could not hear it.
      if (!scene.world.wasFrozen(member, sinceMs)) {
        scene.witness.faults.push(
          `${member.name} did not end within ${String(END_MS)} ms of SIGTERM`,
        );
      }
      scene.world.kill(member);
    }
    await pause(scene.random.int(500, 1_500));
  }
}
