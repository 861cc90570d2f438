/** Customers `c0`, `c1` … with an address each. */
export async function addCustomers(api, count) {
  const waiting = Array.from({ length: count }, (_, number) => `c${number}`);
  const worker = async () => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      await api.put(`/v1/customers/${id}`, { email: `${id}@example.com`, locale: 'en' });
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}
