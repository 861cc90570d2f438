import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isInRange, isPublicAddress, parseRange, type AddressRange } from './public-address';

/** All addresses of a name, or an error. */
export type Resolve = (
  host: string,
  options: LookupOptions & { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface OutboundGuardOptions {
  /** Ranges of addresses that may be reached though they are not public. */
  readonly allowed?: readonly string[];
  readonly resolve?: Resolve;
}

/** What a request fails with that would have left for where nothing may be sent. */
export const NOT_ALLOWED = 'EADDRNOTALLOWED';

const LOOPBACK = ['127.0.0.1', '::1'] as const;
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', ...LOOPBACK]);

/**
 * Keeps what we send out of places that are not meant (SSRF): an address of our settings must not lead to a private network
 * because somebody else controls the name. Every address of a name is looked at when the connection is made, and the ones
 * looked at are the ones connected to, so a name that answers otherwise the second time gains nothing. A name that cannot be
 * resolved is refused.
 *
 * An address that says `localhost`, `127.0.0.1` or `[::1]` itself means this machine, and may.
 */
export class OutboundGuard {
  private readonly allowed: readonly AddressRange[];
  private readonly resolve: Resolve;

  /** @throws Error for a range that is none */
  constructor(options: OutboundGuardOptions = {}) {
    this.allowed = (options.allowed ?? []).map((text) => {
      const range = parseRange(text);
      if (range === undefined) throw new Error(`${text} is not a range of addresses`);
      return range;
    });
    this.resolve = options.resolve ?? resolve;
  }

  /**
   * Whether requests may go to a host, as far as it says so itself: Node resolves no literal, so it has to be looked at
   * before. `new URL` has brought all spellings of one (`127.1`, `0x7f.1`, `2130706433`) into one form.
   */
  allowsHost({ hostname }: URL): boolean {
    const host = bare(hostname);
    if (isLoopbackName(host)) return true;
    return isIP(host) === 0 || this.allows(host);
  }

  /** For the connection to this address: resolves, and lets through only what may be reached. */
  lookupFor(url: URL): LookupFunction {
    const isLoopback = isLoopbackName(bare(url.hostname));
    return (host, options, done) => {
      const asked = { family: options.family, hints: options.hints, all: true as const };
      this.resolve(host, asked, (error, addresses) => {
        if (error !== null) {
          done(error, '', 0);
          return;
        }
        const [first] = addresses;
        const isGood = ({ address }: LookupAddress): boolean =>
          isLoopback ? isLoopbackAddress(address) : this.allows(address);
        if (first === undefined || !addresses.every(isGood)) {
          done(notAllowed(), '', 0);
          return;
        }
        if (options.all === true) done(null, addresses);
        else done(null, first.address, first.family);
      });
    };
  }

  private allows(address: string): boolean {
    return isPublicAddress(address) || this.allowed.some((range) => isInRange(address, range));
  }
}

function notAllowed(): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error('the address may not be sent to');
  error.code = NOT_ALLOWED;
  return error;
}

/** Without the brackets of IPv6 and the dot at the end of a full name. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function isLoopbackName(host: string): boolean {
  return LOOPBACK_NAMES.has(host);
}

function isLoopbackAddress(address: string): boolean {
  return LOOPBACK.some((one) => one === address);
}
