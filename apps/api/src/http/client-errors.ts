import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { makeProblem, PROBLEM_CONTENT_TYPE } from '@amends/contracts';

/**
 * What is not HTTP, has headers beyond Node's limit, or does not come to its end, never reaches a
 * route: it is answered here, in the form of everything else that cannot be read.
 */
export function answerClientErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // Gone, or in the middle of an answer: nothing can be said any more.
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(rendered(error.code ?? ''));
  });
}

const DETAILS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'the headers, the address included, are longer than 16 kB',
  ERR_HTTP_REQUEST_TIMEOUT: 'the request did not come to its end in time',
};

function rendered(code: string): string {
  const requestId = `req_${randomBytes(10).toString('hex')}`;
  const detail = DETAILS[code] ?? 'it is not valid HTTP/1.1';
  const body = JSON.stringify(
    makeProblem('bad_request', { language: 'en', detail, instance: '', requestId }),
  );
  const headers = [
    'HTTP/1.1 400 Bad Request',
    `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ];
  return `${headers.join('\r\n')}\r\n\r\n${body}`;
}
