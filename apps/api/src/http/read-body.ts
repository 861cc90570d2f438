import type { Request } from 'express';
import { problem } from './problem-error';

/**
 * What is sent beyond the limit is read and thrown away up to here, so that the sender gets to read
 * our 413 instead of a broken connection.
 */
const DISCARDED_MAX_BYTES = 64 * 1024 * 1024;

/** The bytes of the body; 413 beyond `maxBytes`, 415 when it is compressed. */
export async function readBody(request: Request, maxBytes: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw problem('unsupported_media_type', { detail: 'Content-Encoding: send it uncompressed' });
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else if (size > DISCARDED_MAX_BYTES) break;
    else chunks.length = 0;
  }
  if (size > maxBytes) {
    throw problem('payload_too_large', { detail: `at most ${String(maxBytes)} bytes are taken` });
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}
