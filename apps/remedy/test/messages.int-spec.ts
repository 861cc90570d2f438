import {
  activateHolds,
  CreateHold,
  ReleaseHold,
  RemedyObserver,
  ResendMessage,
  ReverseCompensation,
} from '@amends/application';
import { MailFolderChannel, SmtpChannel } from '@amends/channels';
import {
  startSmtpServer,
  testRunFolder,
  useTestDatabase,
  type TestSmtpServer,
} from '@amends/testing';
import { readdir, readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { creditRule, person, RemedyWorld } from './remedy-world';

const LI = person('li.wei');
const SORRY = {
  id: 'sorry',
  locales: {
    en: {
      email: {
        subject: 'Order {{ order }} is late',
        text: 'Dear {{ customer.name }}, {{ amount }}: {{ arrives }}.',
      },
    },
    zh: {
      email: {
        subject: '订单 {{ order }} 晚了',
        text: '{{ customer.name }}，已补偿 {{ amount }}，{{ arrives }}。',
      },
    },
  },
};

describe('apologies', () => {
  let world: RemedyWorld;
  let smtp: TestSmtpServer;
  let channel: SmtpChannel;
  /** What happens between the lease of messages and their first byte. */
  let beforeSending: () => void = () => undefined;
  afterAll(async () => {
    channel.close();
    await world.close();
    await smtp.close();
  });
  const database = useTestDatabase({ invariants: { atRest: true } });

  beforeAll(async () => {
    smtp = await startSmtpServer();
    channel = new SmtpChannel(smtp.url);
    const observer = new (class extends RemedyObserver {
      override reached(step: string): void {
        if (step === 'message.after-claim') beforeSending();
      }
    })();
    world = await RemedyWorld.open({ url: database().url, channels: [channel], observer });
    await world.rule(creditRule());
    await world.template('sorry', SORRY);
    await world.settings({ brand: { sender_name: 'Shop', sender_address: 'care@shop.example' } });
  });

  let count = 0;
  async function apologyTo(customer: string, rule = 'late') {
    count += 1;
    const event = { data: { order_id: `o${String(count)}` } };
    const incident = await world.incident({ rule, customer, key: String(count), event });
    await world.decide();
    return incident;
  }
  const messageOf = (incident: string) =>
    world.row<{
      id: string;
      state: string;
      held_by: string | null;
      subject: string | null;
      text: string | null;
      locale: string | null;
      sends: number;
      not_before: Date;
      attempts: { outcome: string; detail?: string; channel: string }[];
    }>('select * from message where incident_id = $1 order by created_at limit 1', [incident]);

  it('guarantee 3: go out after the money, and name exactly that sum', async () => {
    await world.customer('ana', { email: 'ana@customer.example', name: 'Ana' });
    const incident = await apologyTo('ana');

    await world.send();

    const { mail, to, from } = await smtp.waitForMail(
      (received) => received.to[0] === 'ana@customer.example',
    );
    expect(to).toEqual(['ana@customer.example']);
    expect(from).toBe('care@shop.example');
    expect(mail.subject).toBe('Order o1 is late');
    expect(mail.text).toContain('Dear Ana, 5.00 EUR: in your wallet now.');
    expect(mail.html).toContain('<p>Dear Ana, 5.00 EUR');
    const message = await messageOf(incident);
    expect(message).toMatchObject({ state: 'sent', subject: 'Order o1 is late', locale: 'en' });
    expect(mail.messageId).toBe(`<${message.id}@shop.example>`);
    expect(message.attempts).toMatchObject([{ channel: 'email', outcome: 'sent' }]);
  });

  it('speak the language of the customer file of that moment', async () => {
    const incident = await apologyTo('bo');
    await world.customer('bo', { email: 'bo@customer.example', name: '王波', locale: 'zh-CN' });

    await world.send();

    const { mail } = await smtp.waitForMail((received) => received.to[0] === 'bo@customer.example');
    expect(mail.text).toContain('王波，已补偿 5.00 EUR，现已到账。');
    expect((await messageOf(incident)).locale).toBe('zh');
  });

  it('guarantee 3: are refused, loudly, when they name another sum than was paid', async () => {
    await world.customer('cem', { email: 'cem@customer.example', name: 'Cem' });
    const incident = await apologyTo('cem');
    await world.rows(
      'update message set promised_minor = promised_minor + 1 where incident_id = $1 returning id',
      [incident],
    );

    await world.send();

    expect(await messageOf(incident)).toMatchObject({
      state: 'failed',
      attempts: [{ outcome: 'failed', detail: 'it promises another sum than was paid' }],
    });
    expect(smtp.mails.some(({ to }) => to[0] === 'cem@customer.example')).toBe(false);
  });

  it('are not sent for money that was taken back', async () => {
    await world.customer('dan', { email: 'dan@customer.example', name: 'Dan' });
    const incident = await apologyTo('dan');
    const [compensation] = await world.compensations(incident);
    await new ReverseCompensation(world.remedy).execute(LI, {
      id: compensation?.id ?? '',
      reason: 'x',
    });

    await world.send();

    expect((await messageOf(incident)).state).toBe('failed');
    expect(smtp.mails.some(({ to }) => to[0] === 'dan@customer.example')).toBe(false);
  });

  it.each([
    ['has no file', undefined, 'the customer has no address for it'],
    ['has no address', { name: 'X' }, 'the customer has no address for it'],
    ['has an address that is none', { email: 'a@b, evil@c' }, 'the customer has no address for it'],
  ])('fail once and say why when the customer %s; the money stays', async (what, file, reason) => {
    const customer = `nobody ${what}`;
    if (file) await world.customer(customer, file);
    const incident = await apologyTo(customer);

    await world.send();
    await world.hurry();
    await world.send();

    expect(await messageOf(incident)).toMatchObject({
      state: 'failed',
      sends: 1,
      attempts: [{ outcome: expect.stringMatching(/skipped|failed/) as string }],
    });
    if (file && 'email' in file)
      expect(smtp.mails.some(({ to }) => to.includes('evil@c'))).toBe(false);
    expect((await messageOf(incident)).attempts[0]?.detail).toMatch(
      what === 'has no address' ? reason : /no address|customer\.name/,
    );
    expect(await world.incidentState(incident)).toBe('paid');
  });

  it('go by the next channel where the first is blocked or not set up', async () => {
    await world.rule(
      creditRule({ id: 'many', message: { template: 'sorry', channels: ['sms', 'email'] } }),
    );
    await world.customer('eva', { email: 'eva@customer.example', name: 'Eva' });
    const incident = await apologyTo('eva', 'many');

    await world.send();

    expect(await messageOf(incident)).toMatchObject({
      state: 'sent',
      attempts: [{ channel: 'sms' }, { channel: 'email', outcome: 'sent' }],
    });
  });

  it('do not go by a channel that the customer blocks', async () => {
    await world.customer('fay', { email: 'fay@customer.example', name: 'Fay' });
    await world.rows(
      `update customer set blocked_channels = '{email}' where id = 'fay' returning id`,
    );
    const incident = await apologyTo('fay');

    await world.send();

    expect(await messageOf(incident)).toMatchObject({
      state: 'failed',
      attempts: [{ outcome: 'skipped', detail: 'the customer blocks this channel' }],
      // It can still be read, and sent by a person.
      text: 'Dear Fay, 5.00 EUR: in your wallet now.',
    });
  });

  it('try again when the server is busy, and give up when it refuses', async () => {
    await world.customer('gil', { email: 'gil@customer.example', name: 'Gil' });
    const busy = await apologyTo('gil');
    smtp.script('busy');
    await world.send();
    expect(await messageOf(busy)).toMatchObject({
      state: 'queued',
      attempts: [{ outcome: 'later' }],
    });
    await world.hurry();
    await world.send();
    expect((await messageOf(busy)).state).toBe('sent');

    const refused = await apologyTo('gil');
    smtp.script('refuse');
    await world.send();
    expect(await messageOf(refused)).toMatchObject({
      state: 'failed',
      attempts: [{ outcome: 'refused' }],
    });
  });

  it('bear the same Message-ID when nobody knows whether the first got through', async () => {
    await world.customer('hal', { email: 'hal@customer.example', name: 'Hal' });
    const incident = await apologyTo('hal');
    smtp.script('take-then-hang-up');
    await world.send();
    expect((await messageOf(incident)).state).toBe('queued');
    await world.hurry();
    await world.send();

    const mails = smtp.mails.filter(({ to }) => to[0] === 'hal@customer.example');
    expect(mails).toHaveLength(2);
    expect(new Set(mails.map(({ mail }) => mail.messageId)).size).toBe(1);
  });

  it('keep their order for each customer, and nobody else waits', async () => {
    await world.customer('ida', { email: 'ida@customer.example', name: 'Ida' });
    await world.customer('kim', { email: 'kim@customer.example', name: 'Kim' });
    const first = await apologyTo('ida');
    const second = await apologyTo('ida');
    smtp.script('busy');
    await world.send();
    const other = await apologyTo('kim');
    await world.send();

    expect((await messageOf(first)).state).toBe('queued');
    expect((await messageOf(second)).state).toBe('queued');
    expect((await messageOf(other)).state).toBe('sent');
    await world.hurry();
    await world.send();
    const subjects = smtp.mails
      .filter(({ to }) => to[0] === 'ida@customer.example')
      .map(({ mail }) => mail.subject);
    expect(subjects).toEqual([...subjects].sort());
    expect(subjects).toHaveLength(2);
  });

  it('cannot smuggle headers or recipients in through a name, an order or a sender', async () => {
    await world.settings({
      brand: { sender_name: 'Shop\r\nBcc: evil@x.example', sender_address: 'care@shop.example' },
    });
    await world.customer('lin', {
      email: 'lin@customer.example',
      name: 'Lin\r\nBcc: evil@x.example, <script>alert(1)</script>',
    });
    await world.incident({
      rule: 'late',
      customer: 'lin',
      event: { data: { order_id: 'o\r\nBcc: evil@x.example\r\n\r\nhello' } },
    });
    await world.decide();

    await world.send();

    const { mail, to, raw } = await smtp.waitForMail(
      (received) => received.to[0] === 'lin@customer.example',
    );
    expect(to).toEqual(['lin@customer.example']);
    expect(mail.bcc).toBeUndefined();
    const headers = raw.slice(0, raw.indexOf('\r\n\r\n'));
    expect(headers).not.toMatch(/^Bcc:/im);
    expect(mail.html).not.toContain('<script>');
    await world.settings({ brand: { sender_name: 'Shop', sender_address: 'care@shop.example' } });
  });

  it('are held in quiet hours, never dropped; urgent ones pass', async () => {
    const now = new Date();
    const clock = (hours: number) =>
      new Date(now.getTime() + hours * 3_600_000).toISOString().slice(11, 16);
    await world.settings({ quiet_hours: { from: clock(-1), to: clock(1) } });
    await world.rule(
      creditRule({
        id: 'urgent',
        message: { template: 'sorry', channels: ['email'], urgent: true },
      }),
    );
    await world.customer('mia', { email: 'mia@customer.example', name: 'Mia' });
    const quiet = await apologyTo('mia');
    const urgent = await apologyTo('mia', 'urgent');

    await world.send();

    const held = await messageOf(quiet);
    expect(held).toMatchObject({ state: 'held', held_by: 'quiet-hours' });
    expect(held.not_before.getTime()).toBeGreaterThan(now.getTime() + 55 * 60_000);
    expect((await messageOf(urgent)).state).toBe('sent');
    await world.settings({});
    await world.rows(`update message set not_before = now() where id = $1 returning id`, [held.id]);
    await world.send();
    expect((await messageOf(quiet)).state).toBe('sent');
  });

  it('are held by a frequency cap until the oldest has left its span', async () => {
    await world.settings({ frequency_caps: [{ times: 1, over: '24h' }] });
    await world.customer('ned', { email: 'ned@customer.example', name: 'Ned' });
    const first = await apologyTo('ned');
    const second = await apologyTo('ned');

    await world.send();

    expect((await messageOf(first)).state).toBe('sent');
    expect(await messageOf(second)).toMatchObject({ state: 'held', held_by: 'frequency-cap' });
    await world.rows(
      `update message set sent_at = sent_at - interval '25 hours' where incident_id = $1 returning id`,
      [first],
    );
    await world.rows(
      `update compensation set settled_at = settled_at - interval '26 hours',
      reserved_at = reserved_at - interval '26 hours' where incident_id = $1 returning id`,
      [first],
    );
    await world.rows(`update message set not_before = now() where incident_id = $1 returning id`, [
      second,
    ]);
    await world.send();
    expect((await messageOf(second)).state).toBe('sent');
    await world.settings({});
  });

  it('guarantee 4: stop with a hold, and go out after it', async () => {
    await world.customer('oda', { email: 'oda@customer.example', name: 'Oda' });
    const incident = await apologyTo('oda');
    const { holdId } = await new CreateHold(world.remedy).execute(LI, {
      scope: { all: true },
      payments: false,
      messages: true,
      reason: 'wrong text',
      untilMs: null,
    });

    await world.send();

    expect(await messageOf(incident)).toMatchObject({ state: 'held', held_by: holdId });
    await new ReleaseHold(world.remedy).execute(LI, { id: holdId, heldItems: 'pay', note: null });
    await world.drainHolds();
    await world.send();
    expect((await messageOf(incident)).state).toBe('sent');
  });

  it('guarantee 4: a hold on messages is activating while one is being handed over', async () => {
    await world.customer('ole', { email: 'ole@customer.example', name: 'Ole' });
    const { id } = await messageOf(await apologyTo('ole'));
    const change = (set: string) => world.rows(`update message set ${set} where id = $1`, [id]);
    await change(`state = 'sending', lease_until = now() + interval '1 minute'`);

    const { holdId, state } = await new CreateHold(world.remedy).execute(LI, {
      scope: { all: true },
      payments: false,
      messages: true,
      reason: 'wrong text',
      untilMs: null,
    });
    expect(state).toBe('activating');
    expect(await activateHolds(world.database)).toBe(1);
    await change(`lease_until = now() - interval '1 second', not_before = now()`);
    expect(await activateHolds(world.database)).toBe(0);

    await new ReleaseHold(world.remedy).execute(LI, { id: holdId, heldItems: 'pay', note: null });
    await world.drainHolds();
    await world.send();
  });

  it('guarantee 4: what was held up until its lease may be over is not handed over', async () => {
    await world.customer('olga', { email: 'olga@customer.example', name: 'Olga' });
    const incident = await apologyTo('olga');
    const now = performance.now.bind(performance);
    beforeSending = () => {
      jest.spyOn(performance, 'now').mockImplementation(() => now() + 16_000);
    };
    await world.send();
    beforeSending = () => undefined;
    jest.restoreAllMocks();

    expect(smtp.mails.some(({ to }) => to[0] === 'olga@customer.example')).toBe(false);
    expect(await messageOf(incident)).toMatchObject({ state: 'sending', sends: 1 });
    await world.hurry();
    await world.send();
    expect((await messageOf(incident)).state).toBe('sent');
  });

  it('can be sent once more by a person: a new one of what was sent, the same of what failed', async () => {
    const resend = new ResendMessage(world.remedy);
    await world.customer('pia', { email: 'pia@customer.example', name: 'Pia' });
    const sent = await messageOf(await apologyTo('pia'));
    await world.send();

    const { messageId } = await resend.execute(LI, { messageId: sent.id });
    await world.send();

    expect(messageId).not.toBe(sent.id);
    expect(smtp.mails.filter(({ to }) => to[0] === 'pia@customer.example')).toHaveLength(2);
    const failed = await messageOf(await apologyTo('quin'));
    await world.send();
    await world.customer('quin', { email: 'quin@customer.example', name: 'Quin' });
    expect(await resend.execute(LI, { messageId: failed.id })).toEqual({ messageId: failed.id });
    await world.send();
    await smtp.waitForMail((received) => received.to[0] === 'quin@customer.example');
  });

  it('are files in a folder where no server is set up, each written once', async () => {
    const folder = join(testRunFolder(), `mail-${randomUUID()}`);
    const filed = await RemedyWorld.open({
      url: database().url,
      channels: [new MailFolderChannel(folder)],
    });
    await filed.customer('rae', { email: 'rae@customer.example', name: 'Rae' });
    const message = await messageOf(await apologyTo('rae'));

    await filed.send();
    await filed.rows(
      `update message set state = 'queued', not_before = now() where id = $1 returning id`,
      [message.id],
    );
    await filed.send();
    await filed.close();

    expect(await readdir(folder)).toEqual([`${message.id}.eml`]);
    const raw = await readFile(join(folder, `${message.id}.eml`), 'utf8');
    expect(raw).toContain('To: Rae <rae@customer.example>');
    expect(raw).toContain('5.00 EUR');
  });
});
