import { composeEmail, isAddress } from './compose-email';

describe('an e-mail', () => {
  it.each(['a@b.example', 'first.last+tag@sub.example.com', "o'brien@example.org", 'a@localhost'])(
    'goes to %s',
    (address) => {
      expect(isAddress(address)).toBe(true);
    },
  );

  it.each([
    '',
    'a',
    'a@',
    '@b',
    'a@b, c@d',
    'a@b\r\nBcc: c@d',
    'Ana <a@b.example>',
    '"quoted"@b.example',
    'a b@c.example',
    'a@b..example',
    'a@-b.example',
    'a;b@c.example,',
    `${'x'.repeat(65)}@b.example`,
    `a@${'b'.repeat(64)}.example`,
    'a@bücher.example',
    'group: a@b, c@d;',
  ])('does not go to %j', (address) => {
    expect(isAddress(address)).toBe(false);
  });

  it('bears an id that stays the same and belongs to the sender', () => {
    const composed = composeEmail({
      id: 'msg_1',
      recipient: 'a@b.example',
      recipientName: 'Ana\nBcc: x',
      senderName: 'Shop\r\nX: y',
      senderAddress: 'care@shop.example',
      subject: 'one\ntwo',
      text: 'x',
      html: null,
    });

    expect(composed).toMatchObject({
      messageId: '<msg_1@shop.example>',
      from: { name: 'Shop X: y', address: 'care@shop.example' },
      to: { name: 'Ana Bcc: x', address: 'a@b.example' },
      subject: 'one two',
    });
  });
});
