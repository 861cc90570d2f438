import type { World } from '../world/world';
import type { TcpProxy } from '../world/tcp-proxy';
import { note, pause, type Scene } from './scene';

const CUT_MS = 8_000;
const SILENCE_MS = [3_000, 9_000] as const;
const DELAY_MS = [5_000, 9_000] as const;
const COMMITS = 4;

/** Every connection over some of the arrows breaks off. */
export async function cutNetwork(scene: Scene): Promise<void> {
  const proxies = some(scene);
  note(scene, 'network cut', namesOf(proxies));
  const untilMs = performance.now() + CUT_MS;
  let broken = 0;
  let times = scene.random.int(1, 3);
  // Whoever is dead at the moment has nothing to be broken off.
  while (times > 0 || (broken === 0 && performance.now() < untilMs)) {
    for (const proxy of proxies) broken += proxy.cut();
    times -= 1;
    await pause(scene.random.int(100, 1_000));
  }
}

/** Nothing gets through, and nobody says so. */
export async function silenceNetwork(scene: Scene): Promise<void> {
  const proxies = some(scene);
  note(scene, 'network silence', namesOf(proxies));
  for (const proxy of proxies) proxy.silence(true);
  await pause(scene.random.int(...SILENCE_MS));
  for (const proxy of proxies) proxy.silence(false);
}

/** Everything comes late, in its order. */
export async function delayNetwork(scene: Scene): Promise<void> {
  const proxies = some(scene);
  note(scene, 'network delay', namesOf(proxies));
  for (const proxy of proxies) proxy.delay(() => 30 + scene.random.int(0, 250));
  await pause(scene.random.int(...DELAY_MS));
  for (const proxy of proxies) proxy.delay(undefined);
}

/** Commits go through, and whoever made them is not told. */
export async function cutCommits(scene: Scene): Promise<void> {
  note(scene, 'commit cut');
  for (const { database } of scene.world.members) database.cutCommits(COMMITS);
  await pause(2_000);
  for (const { database } of scene.world.members) database.cutCommits(0);
}

/** Every arrow is whole again, and nobody is stopped. */
export function heal(world: World): void {
  for (const proxy of world.proxies) {
    proxy.silence(false);
    proxy.delay(undefined);
    proxy.cutCommits(0);
  }
  for (const { process: kept } of world.members) kept.signal('SIGCONT');
}

function some({ world, random }: Scene): TcpProxy[] {
  const proxies = random.shuffled(world.proxies).slice(0, random.int(1, world.proxies.length / 2));
  // One at least over which somebody speaks all the time.
  return [...new Set([random.pick(world.members).database, ...proxies])];
}

function namesOf(proxies: readonly TcpProxy[]): string {
  return proxies.map(({ name }) => name).join(' ');
}
