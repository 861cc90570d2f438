import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AnchorAudit, linkText, SealAudit, VerifyAudit } from '@amends/application';
import { createAuditAnchors } from '@amends/channels';
import { PgDatabase, Pools } from '@amends/persistence';
import { testRunFolder, useTestDatabase, WebhookReceiver } from '@amends/testing';

const database = useTestDatabase();
const SECRET = 'whsec_bm90IGEgc2VjcmV0OiByZXBsYWNlIGl0IQ==';
let pools: Pools;
let sql: PgDatabase;

beforeAll(async () => {
  pools = await Pools.open({ url: database().url, sizes: { spec: 10 } });
  sql = new PgDatabase(pools.get('spec'));
});
beforeEach(() => tamper('truncate audit, audit_seal, audit_anchor'));
afterAll(() => pools.close());

/** What somebody with all rights in the database can do: no trigger is in the way. */
async function tamper(text: string): Promise<void> {
  await database().pool.query(
    `begin; set local session_replication_role = replica; ${text}; commit`,
  );
}

async function write(count: number): Promise<void> {
  await sql.query(
    `insert into audit (actor_kind, actor_id, action, object, before, after, reason, request_id)
     select 'key', 'key_' || n, 'rollout.set', 'rule:r' || n, jsonb_build_object('percent', 0),
       jsonb_build_object('percent', 1.50), 'reason ' || n, 'req_' || n
     from generate_series(1, $1::int) n`,
    [count],
  );
}

const INSERT = `insert into audit (actor_kind, actor_id, action, object) values ('k', 'k', 'a', 'o')`;

/** A transaction that takes a number and gives up. */
async function rolledBack(): Promise<void> {
  const failed = sql.transaction(async (tx) => {
    await tx.query(INSERT);
    throw new Error('rolled back');
  });
  await expect(failed).rejects.toThrow('rolled back');
}

const seal = () => new SealAudit(sql).execute();
const verify = (anchors = createAuditAnchors({})) => new VerifyAudit(sql, anchors).execute();

async function seqs(): Promise<bigint[]> {
  const { rows } = await sql.query<{ seq: bigint }>('select seq from audit order by seq');
  return rows.map(({ seq }) => seq);
}

async function newFile(): Promise<string> {
  return join(await mkdtemp(join(testRunFolder(), 'anchors-')), 'deeper', 'heads.jsonl');
}

/** As somebody would who writes the whole history anew, links, list of anchors and all. */
async function rewriteAll(): Promise<void> {
  await tamper(`
    update audit set reason = 'nothing to see here' where seq = (select min(seq) from audit);
    truncate audit_seal`);
  await seal();
  await tamper(`update audit_anchor a set hash = s.hash from audit_seal s where s.seq = a.seq`);
}

describe('the chain of the audit', () => {
  it('links every row to the one before it', async () => {
    await write(5);

    expect(await seal()).toBe(5);
    expect(await seal()).toBe(0);
    expect(await verify()).toMatchObject({ faultCount: 0, checked: 5, waiting: 0 });
  });

  it('says which rows are not linked yet', async () => {
    await write(2);
    await seal();
    await write(3);

    expect(await verify()).toMatchObject({ faultCount: 0, checked: 2, waiting: 3 });
  });

  it.each([
    ['at', `at + interval '1 microsecond'`],
    ['actor_kind', `'user'`],
    ['actor_id', `actor_id || ' '`],
    ['action', `'rollout.Set'`],
    ['object', `'rule:r'`],
    ['before', `'{"percent": 1}'`],
    ['after', `'{"percent": 1.5}'`],
    ['reason', 'null'],
    ['request_id', `'req_0'`],
    ['pseudonym', `'cus_somebody'`],
    ['personal', `'\\x00'`],
  ])('sees the least change of %s, and where', async (column, value) => {
    await write(5);
    await seal();
    const [, , third] = await seqs();
    await tamper(`update audit set ${column} = ${value} where seq = ${String(third)}`);

    expect((await verify()).faults).toEqual([{ seq: third, code: 'entry_changed' }]);
  });

  it('sees a link that was changed', async () => {
    await write(3);
    await seal();
    const [, second, third] = await seqs();
    await tamper(`update audit_seal set hash = set_byte(hash, 31, get_byte(hash, 31) # 1)
      where seq = ${String(second)}`);

    expect((await verify()).faults).toEqual([
      { seq: second, code: 'entry_changed' },
      { seq: third, code: 'entry_changed' },
    ]);
  });

  it('sees a row that was taken out, with its link or without', async () => {
    await write(5);
    await seal();
    const [, second, , fourth, fifth] = await seqs();
    await tamper(`delete from audit where seq = ${String(second)}`);
    expect((await verify()).faults).toEqual([{ seq: second, code: 'entry_missing' }]);

    await tamper(`delete from audit where seq = ${String(fourth)};
      delete from audit_seal where seq = ${String(fourth)}`);
    expect((await verify()).faults).toContainEqual({ seq: fifth, code: 'entry_changed' });
  });

  it('sees a row that was put in between', async () => {
    await write(2);
    await rolledBack();
    await write(1);
    await seal();
    const hole = ((await seqs()).at(-1) ?? 0n) - 1n;
    await tamper(`insert into audit (seq, actor_kind, actor_id, action, object)
      overriding system value values (${String(hole)}, 'key', 'k', 'a', 'o')`);

    expect((await verify()).faults).toEqual([{ seq: hole, code: 'entry_inserted' }]);
  });

  it.each(['update audit set reason = $$x$$', 'delete from audit_seal', 'truncate audit_anchor'])(
    'is append only: %s is refused',
    async (statement) => {
      await write(1);
      await seal();
      await expect(sql.query(statement)).rejects.toThrow('append only');
    },
  );
});

describe('ends of the chain that are kept outside', () => {
  it('show that the end was dropped', async () => {
    const anchors = createAuditAnchors({ path: await newFile() });
    await write(5);
    await seal();
    expect(await new AnchorAudit(sql, anchors, 0).execute()).toBe(1);
    const last = (await seqs()).at(-1);
    await tamper(`delete from audit where seq = ${String(last)};
      delete from audit_seal where seq = ${String(last)};
      truncate audit_anchor`);

    expect((await verify([])).faultCount).toBe(0);
    expect((await verify(anchors)).faults).toEqual([
      { seq: last, code: 'tail_missing', place: 'file' },
    ]);
  });

  it('show that all was written anew, which the chain alone cannot', async () => {
    const anchors = createAuditAnchors({ path: await newFile() });
    await write(5);
    await seal();
    await new AnchorAudit(sql, anchors, 0).execute();
    const { head } = await verify(anchors);
    await rewriteAll();

    expect((await verify([])).faultCount).toBe(0);
    expect((await verify(anchors)).faults).toEqual([
      { seq: head?.seq, code: 'anchor_mismatch', place: 'file' },
    ]);
    const brought = head === undefined ? [] : [head];
    expect((await new VerifyAudit(sql, []).execute(brought)).faults).toEqual([
      { seq: head?.seq, code: 'anchor_mismatch', place: 'request' },
    ]);
  });

  it('are added to the file, one for each time there is something new', async () => {
    const path = await newFile();
    const anchor = new AnchorAudit(sql, createAuditAnchors({ path }), 0);
    expect(await anchor.execute()).toBe(0);
    for (let round = 1; round <= 3; round += 1) {
      await write(round);
      await seal();
      expect(await anchor.execute()).toBe(1);
      expect(await anchor.execute()).toBe(0);
    }
    const { head } = await verify();

    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({
      seq: String(head?.seq),
      hash: head && linkText(head.hash),
    });
  });

  it('are not handed out more often than asked for', async () => {
    const anchor = new AnchorAudit(sql, createAuditAnchors({ path: await newFile() }), 60_000);
    await write(1);
    await seal();
    expect(await anchor.execute()).toBe(1);
    await write(1);
    await seal();
    expect(await anchor.execute()).toBe(0);
  });

  it('are sent as signed webhooks, again until they were taken', async () => {
    const keeper = await WebhookReceiver.start({ secret: SECRET });
    keeper.script('fail');
    const anchors = createAuditAnchors({ url: keeper.url, secret: SECRET });
    const anchor = new AnchorAudit(sql, anchors, 60_000);
    await write(2);
    await seal();
    await expect(anchor.execute()).rejects.toThrow('answered 500');
    expect(await anchor.execute()).toBe(1);
    expect(await anchor.execute()).toBe(0);
    await keeper.close();

    const { head } = await verify();
    expect(keeper.acceptedIds).toHaveLength(1);
    expect(keeper.journal.at(-1)).toMatchObject({
      isSigned: true,
      json: {
        type: 'audit.anchored',
        data: { seq: Number(head?.seq), hash: head && linkText(head.hash) },
      },
    });
  });

  it('one place that fails keeps nothing from another', async () => {
    const keeper = await WebhookReceiver.start({ secret: SECRET });
    keeper.script('fail');
    const path = await newFile();
    const [file, webhook] = createAuditAnchors({ path, url: keeper.url, secret: SECRET });
    await write(1);
    await seal();
    const places = file && webhook ? [webhook, file] : [];
    await expect(new AnchorAudit(sql, places, 0).execute()).rejects.toThrow('500');
    await keeper.close();

    expect(await readFile(path, 'utf8')).toContain('sha256:');
  });
});

describe('many at once', () => {
  it('a number that is not committed yet holds the rows behind it back, and they follow in order', async () => {
    const client = await pools.get('spec').connect();
    await client.query('begin');
    await client.query(INSERT);
    await write(3);
    const sealer = new SealAudit(sql);
    expect(await sealer.execute()).toBe(0);
    await client.query('commit');
    client.release();

    expect(await sealer.execute()).toBe(4);
    expect(await verify()).toMatchObject({ faultCount: 0, checked: 4, waiting: 0 });
  });

  it('a number that was rolled back holds back nothing', async () => {
    await write(1);
    await rolledBack();
    await write(2);

    expect(await seal()).toBe(3);
    expect(await verify()).toMatchObject({ faultCount: 0, checked: 3 });
  });

  it('writers that never pause do not keep a hole open for ever', async () => {
    await write(1);
    await rolledBack();
    const sealer = new SealAudit(sql);
    // There is a writer at every moment, but none stays.
    let writer = await pools.get('spec').connect();
    await writer.query('begin');
    await writer.query(INSERT);
    const counts: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const next = await pools.get('spec').connect();
      await next.query('begin');
      await next.query(INSERT);
      await writer.query('commit');
      writer.release();
      writer = next;
      counts.push(await sealer.execute());
    }
    await writer.query('commit');
    writer.release();
    counts.push(await sealer.execute());

    expect(counts[1]).toBeGreaterThan(0);
    expect(await verify()).toMatchObject({ faultCount: 0, checked: 5, waiting: 0 });
  });

  it('16 writers and 3 who link: every row once, and the chain is whole', async () => {
    const EACH = 25;
    let isOver = false;
    const linkers = [1, 2, 3].map(async () => {
      const sealer = new SealAudit(sql);
      while (!isOver) await sealer.execute({ rowsMax: 7 });
    });
    await Promise.all(
      Array.from({ length: 16 }, async (_, writer) => {
        for (let n = 0; n < EACH; n += 1) {
          await sql
            .transaction(async (tx) => {
              await tx.query(
                `insert into audit (actor_kind, actor_id, action, object) values ('key', $1, 'a', 'o')`,
                [`writer-${String(writer)}`],
              );
              await tx.query('select pg_sleep(random() * 0.003)');
              if (n % 5 === 0) throw new Error('rolled back');
            })
            .catch(() => undefined);
        }
      }),
    );
    isOver = true;
    await Promise.all(linkers);
    await seal();

    const verdict = await verify();
    expect(verdict).toMatchObject({ faultCount: 0, waiting: 0, checked: (16 * EACH * 4) / 5 });
  }, 60_000);
});
