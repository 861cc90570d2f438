import { defineRoute, type RouteSpec } from '../../http/route';
import { READERS } from '../shared/roles';
import { walletParams, walletQuery, walletView } from './wallets.schemas';

export const getWallet = defineRoute({
  id: 'getWallet',
  method: 'GET',
  path: '/v1/wallets/{customer}',
  tag: 'Wallets',
  summary: 'Balance per currency, and the postings it is made of',
  description: 'A customer who was never credited has an empty wallet.',
  roles: READERS,
  quota: 'rest',
  params: walletParams,
  query: walletQuery,
  answers: {
    200: { description: 'The wallet', schema: walletView, hasETag: true, isPage: true },
  },
  problems: ['erased'],
  examples: [
    { name: 'credited', status: 200, path: '/v1/wallets/c_123' },
    { name: 'empty', status: 200, path: '/v1/wallets/c_nobody' },
  ],
});

export const WALLET_ROUTES: readonly RouteSpec[] = [getWallet];
