import { createTransport } from 'nodemailer';
import { startSmtpServer, type TestSmtpServer } from './smtp-server';

describe('the SMTP server for specs', () => {
  let server: TestSmtpServer;

  beforeEach(async () => {
    server = await startSmtpServer();
  });

  afterEach(async () => {
    await server.close();
  });

  function send(subject: string): Promise<unknown> {
    const transport = createTransport({ url: server.url });
    return transport.sendMail({
      from: 'shop@example.com',
      to: 'li@example.com',
      subject,
      text: '抱歉，13.00 元已退回',
    });
  }

  it('keeps what it was sent, with text in any language', async () => {
    await send('Sorry');

    const got = await server.waitForMail(({ mail }) => mail.subject === 'Sorry');

    expect(got.to).toEqual(['li@example.com']);
    expect(got.mail.text?.trim()).toBe('抱歉，13.00 元已退回');
  });

  it('refuses for now, then for good, then takes', async () => {
    server.script('busy', 'refuse');

    await expect(send('1')).rejects.toMatchObject({ responseCode: 451 });
    await expect(send('2')).rejects.toMatchObject({ responseCode: 550 });
    await send('3');

    expect(server.mails.map(({ mail }) => mail.subject)).toEqual(['3']);
  });

  it('can take a mail and not say so', async () => {
    server.script('take-then-hang-up');

    await expect(send('1')).rejects.toThrow();

    expect(server.mails).toHaveLength(1);
  });
});
