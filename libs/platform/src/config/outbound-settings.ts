import { setting } from './settings';

/** Where what is sent may go beside the public internet and this machine. */
export const OUTBOUND_SETTINGS = {
  /** Ranges of addresses: a refund service inside of the company's network, say. */
  AMENDS_OUTBOUND_PRIVATE: setting
    .list()
    .refine((ranges) => ranges.every((range) => RANGE.test(range)), {
      error: 'must be ranges of addresses, such as 10.20.0.0/16,fd00::/8',
    })
    .optional(),
} as const;

const RANGE = /^[0-9a-fA-F.:]+(\/\d{1,3})?$/;
