declare module 'kafkajs/src/network/requestQueue' {
  const RequestQueue: { readonly prototype: unknown };
  export default RequestQueue;
}
