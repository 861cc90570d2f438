import { OutboundGuard } from './outbound-guard';

let guard = new OutboundGuard();

/**
 * What everything that this process sends has to pass: one for all, so that nobody can forget to hand it on. Public
 * addresses and this machine, unless `allowOutbound` has named more.
 */
export function processGuard(): OutboundGuard {
  return guard;
}

/** Called once, by whoever composes the process. @throws Error for a range that is none */
export function allowOutbound(ranges: readonly string[]): void {
  guard = new OutboundGuard({ allowed: ranges });
}
