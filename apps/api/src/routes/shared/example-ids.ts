/** Things that the examples speak of; the contract test puts them into its database. */
export const EXAMPLE_IDS = {
  paidIncident: 'inc_01KJH6V6R0PA1D0000000000AA',
  openIncident: 'inc_01KJH6V6R00PEN0000000000AA',
  reviewIncident: 'inc_01KJH6V6R0REV1EW00000000AA',
  paidCompensation: 'cmp_01KJH6V6R0PA1D0000000000AA',
  mistakenCompensation: 'cmp_01KJH6V6R0M1STAKEN000000AA',
  failedCompensation: 'cmp_01KJH6V6R0FA11ED00000000AA',
  reviewCompensation: 'cmp_01KJH6V6R0REV1EW00000000AA',
  rejectCompensation: 'cmp_01KJH6V6R0REJECT00000000AA',
  ownCompensation: 'cmp_01KJH6V6R000WN0000000000AA',
  approval: 'apr_01KJH6V6R0REV1EW00000000AA',
  rejectApproval: 'apr_01KJH6V6R0REJECT00000000AA',
  ownApproval: 'apr_01KJH6V6R000WN0000000000AA',
  sentMessage: 'msg_01KJH6V6R0SENT0000000000AA',
  hold: 'hold_01KJH6V6R0H01D0000000000AA',
  job: 'job_01KJH6V6R0J0B0000000000AA0',
  quarantined: 'qua_01KJH6V6R0QVA0000000000AA0',
  discarded: 'qua_01KJH6V6R0QVA0000000000AA1',
  key: 'key_01KJH6V6R0KEY0000000000AA0',
  /** The secret of one, which no other database has. */
  session: 'example-of-a-session-example-of-a-session-0',
} as const;
