import { library } from './dist.mjs';

const CHUNK = 2_000;

/** Puts events into the embedded log through the adapter that ingest uses, in this order. */
export async function loadLog(url, events) {
  const { Topics } = library('application');
  const { decodeStructured, eventBodyDigest, eventTopic, DEFAULT_TOPICS } = library('contracts');
  const { LogEventSink } = library('messaging');
  const { Pools } = library('persistence');
  const pools = await Pools.open({ url, sizes: { ingest: 2 } });
  try {
    const topics = Topics.byType((type) => eventTopic(type), DEFAULT_TOPICS);
    const sink = new LogEventSink({ pool: pools.get('ingest'), topics });
    for (let start = 0; start < events.length; start += CHUNK) {
      const incoming = events.slice(start, start + CHUNK).map((json) => {
        const body = JSON.stringify(json);
        const decoded = decodeStructured(body, Date.now());
        if (!decoded.ok) throw new Error(JSON.stringify(decoded));
        const { event } = decoded;
        return { event, body, bodyHash: eventBodyDigest(event) };
      });
      await sink.append(incoming, { history: false });
    }
  } finally {
    await pools.close();
  }
}
