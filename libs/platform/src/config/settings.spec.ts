import { setting } from './settings';

describe('settings', () => {
  it.each([
    ['0', true],
    ['65535', true],
    ['65536', false],
    ['-1', false],
    ['80.5', false],
    ['1e3', false],
    ['', false],
  ])('a port: %j', (text, isRight) => {
    expect(setting.port().safeParse(text).success).toBe(isRight);
  });

  it.each([
    ['true', true],
    ['on', true],
    ['1', true],
    ['no', false],
    ['off', false],
    ['0', false],
  ])('a flag: %j is %j', (text, value) => {
    expect(setting.flag().parse(text)).toBe(value);
  });

  it.each([
    ['smtp://mail.example.com:25', true],
    ['smtps://user:pass@mail.example.com', true],
    ['http://mail.example.com', false],
    ['smtp://', false],
    ['mail.example.com', false],
  ])('an address: %j', (text, isRight) => {
    expect(setting.url('smtp', 'smtps').safeParse(text).success).toBe(isRight);
  });

  it('a list has no empty parts', () => {
    expect(setting.list().parse('a:9092, b:9092')).toEqual(['a:9092', 'b:9092']);
    expect(setting.list().safeParse('a,,b').success).toBe(false);
  });
});
