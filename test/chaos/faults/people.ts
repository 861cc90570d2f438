import { ask } from '../world/rest';
import { note, pause, type Scene } from './scene';

const STOP_MS = [1_500, 3_000] as const;
/** The lease of whoever died with a payout or a mail in hand. */
const ACTIVE_MS = 75_000;
/** One after the other, so that a batch meets one between two looks at the rules. */
const CHANGES = 8;
const HOLD = {
  scope: { all: true },
  what: ['payments', 'messages'],
  reason: 'chaos',
};

/** Somebody stops everything, and lets it go again once it has stood for a while. */
export async function hold(scene: Scene): Promise<void> {
  const id = await layHold(scene);
  if (id === undefined) return;
  try {
    if (!(await untilActive(scene, id))) return;
    note(scene, 'hold');
    const release = scene.witness.stopped();
    await pause(scene.random.int(...STOP_MS));
    release();
  } finally {
    await releaseHold(scene, id);
  }
}

/** The rules are given out anew: every process has to take them before its next batch. */
export async function changeRules(scene: Scene): Promise<void> {
  const { world } = scene;
  const path = '/v1/rules/idle/rollout';
  for (let times = 0; times < CHANGES; times += 1) {
    try {
      const { etag, body: rollout } = await ask(world.apiUrl, 'GET', path);
      const live = rollout.live === null ? { version: 1, percent: 100 } : null;
      const { status } = await ask(world.apiUrl, 'PUT', path, {
        body: { live },
        headers: { 'if-match': etag ?? '' },
      });
      if (status < 300) note(scene, 'rules changed');
    } catch {
      // The api is away: nobody can change anything.
    }
    await pause(400);
  }
}

async function layHold({ world }: Scene): Promise<string | undefined> {
  try {
    const { status, body } = await ask(world.apiUrl, 'POST', '/v1/holds', { body: HOLD });
    return status === 201 ? (body.id as string) : undefined;
  } catch {
    // It may stand all the same.
    return openHold(world.pool);
  }
}

async function openHold(pool: Scene['world']['pool']): Promise<string | undefined> {
  await pause(2_000);
  const { rows } = await pool
    .query<{ id: string }>(`select id from hold where state in ('activating', 'active')`)
    .catch(() => ({ rows: [] }));
  return rows[0]?.id;
}

async function untilActive({ world }: Scene, id: string): Promise<boolean> {
  const giveUpMs = performance.now() + ACTIVE_MS;
  while (performance.now() < giveUpMs) {
    const answer = await ask(world.apiUrl, 'GET', `/v1/holds/${id}`).catch(() => undefined);
    if (answer?.body?.state === 'active') return true;
    await pause(250);
  }
  return false;
}

async function releaseHold({ world, log }: Scene, id: string): Promise<void> {
  for (;;) {
    try {
      const etag = await fetchEtag(world.apiUrl, `/v1/holds/${id}`);
      const { status, body } = await ask(world.apiUrl, 'POST', `/v1/holds/${id}/release`, {
        body: { held_items: 'pay' },
        headers: { 'if-match': etag },
      });
      if (status < 300 || body?.code === 'not_active') return;
      const { state } = (await ask(world.apiUrl, 'GET', `/v1/holds/${id}`)).body;
      if (state === 'released') return;
      log(`hold ${id} ${String(status)} ${JSON.stringify(body)}`);
    } catch {
      // The api is away for a moment.
    }
    await pause(500);
  }
}

async function fetchEtag(url: string, path: string): Promise<string> {
  const answer = await ask(url, 'GET', path);
  return answer.etag ?? '';
}
