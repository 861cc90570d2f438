import type Stripe from 'stripe';

type HttpClient = ReturnType<typeof Stripe.createNodeHttpClient>;

/**
 * Keeps the package from sending again by itself what met a broken connection, which it does once even
 * with `maxNetworkRetries: 0`: it tells those by the code of the error. What is sent, and how often, is
 * the payer's to decide, and to write down before.
 */
export function oneRequest(client: HttpClient): HttpClient {
  const send = client.makeRequest.bind(client);
  client.makeRequest = async (...args: Parameters<HttpClient['makeRequest']>) => {
    try {
      return await send(...args);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'error';
      throw new Error(`no answer: ${code}`, { cause: error });
    }
  };
  return client;
}
