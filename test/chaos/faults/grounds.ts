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

/** Members leave and join in good order, one upon the other. */
export async function rebalanceStorm(scene: Scene): Promise<void> {
  note(scene, 'rebalance storm');
  for (let round = 0; round < 4; round += 1) {
    const member = scene.random.pick(scene.world.of('detector'));
    await member.process.end('SIGTERM');
    await pause(scene.random.int(500, 1_500));
  }
}
