/** The basic alphabet of GSM 03.38; `^{}\[~]|€` cost two characters each. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ' +
  'ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENDED = '^{}\\[~]|€';

/** How many messages a text takes: 160 characters, or 70 with others than GSM's; less when joined. */
export function smsSegments(text: string): number {
  const chars = Array.from(text);
  const isGsm = chars.every((char) => BASIC.includes(char) || EXTENDED.includes(char));
  const length = isGsm
    ? chars.reduce((sum, char) => sum + (EXTENDED.includes(char) ? 2 : 1), 0)
    : text.length;
  const [single, joined] = isGsm ? [160, 153] : [70, 67];
  return length <= single ? 1 : Math.ceil(length / joined);
}
