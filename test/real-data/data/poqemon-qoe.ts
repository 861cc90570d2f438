import { field } from './csv';
import type { RealEvent } from './real-event';
import { readSample } from './samples';

/** The sample has no times: the sessions get one a minute, in the order of the file. */
const FIRST_AT_MS = Date.UTC(2026, 2, 1);
const MINUTE_MS = 60_000;

export interface PoqemonSession {
  readonly sessionId: string;
  /** The viewer's own score of 2 or less; it scores the detector and is in no event. */
  readonly bad: boolean;
  readonly bufferingMs: number;
  readonly event: RealEvent;
}

export function poqemonSessions(): readonly PoqemonSession[] {
  return readSample('poqemon-qoe/sessions.csv').map((row, index) => {
    const sessionId = field(row, 'id');
    const bufferingMs = Number(field(row, 'QoA_BUFFERINGtime'));
    return {
      sessionId,
      bad: Number(field(row, 'MOS')) <= 2,
      bufferingMs,
      event: {
        specversion: '1.0',
        source: '/player',
        id: sessionId,
        type: 'quality.playback.ended',
        time: new Date(FIRST_AT_MS + index * MINUTE_MS).toISOString(),
        subject: `session/${sessionId}`,
        customerid: `viewer-${field(row, 'user_id')}`,
        data: { session_id: sessionId, buffering_ms: bufferingMs },
      },
    };
  });
}
