import * as zlib from 'node:zlib';
import { decompress as decompressZstd } from 'fzstd';
import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import { compressFrame, decompressFrame } from 'lz4-napi';
import { compress as compressSnappy, uncompress as uncompressSnappy } from 'snappy';

interface Encoder {
  readonly buffer: Buffer;
}

interface Codec {
  compress(encoder: Encoder): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

/**
 * kafkajs knows gzip alone: a batch in any other compression crashes the consumer, again and again.
 * What we produce ourselves is not compressed; reading is what these are for.
 */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => SNAPPY;
  CompressionCodecs[CompressionTypes.LZ4] = () => LZ4;
  CompressionCodecs[CompressionTypes.ZSTD] = () => ZSTD;
}

const SNAPPY: Codec = {
  compress: ({ buffer }) => compressSnappy(buffer),
  decompress: async (buffer) => {
    const blocks = xerialBlocks(buffer) ?? [buffer];
    const parts = await Promise.all(blocks.map((block) => uncompressSnappy(block)));
    return Buffer.concat(parts.map((part) => Buffer.from(part)));
  },
};

const LZ4: Codec = {
  compress: ({ buffer }) => compressFrame(buffer),
  decompress: (buffer) => decompressFrame(buffer),
};

const ZSTD: Codec = {
  compress: () => Promise.reject(new Error('nothing of ours is produced with zstd')),
  decompress: (buffer) => Promise.resolve(unzstd(buffer)),
};

/** Node has it from 22.15 on, several times as fast. */
const native = (zlib as { readonly zstdDecompressSync?: (buffer: Buffer) => Buffer })
  .zstdDecompressSync;

function unzstd(buffer: Buffer): Buffer {
  return native === undefined ? Buffer.from(decompressZstd(buffer)) : native(buffer);
}

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** Magic, version, least compatible version. */
const XERIAL_HEADER_BYTES = XERIAL_MAGIC.length + 8;
const LENGTH_BYTES = 4;

/** The blocks that Java's SnappyOutputStream frames (a length before each); undefined: not framed. */
function xerialBlocks(buffer: Buffer): Buffer[] | undefined {
  if (!buffer.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return undefined;
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER_BYTES; at < buffer.length;) {
    const start = at + LENGTH_BYTES;
    at = start + buffer.readInt32BE(at);
    blocks.push(buffer.subarray(start, at));
  }
  return blocks;
}
