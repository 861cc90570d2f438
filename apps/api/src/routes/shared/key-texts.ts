/** A key is kept as JSON text: `8812` may be the text "8812" or the number. */
export function keyTexts(value: string): string[] {
  const asText = JSON.stringify(value);
  return /^(-?\d+(\.\d+)?|true|false)$/.test(value) ? [asText, value] : [asText];
}
