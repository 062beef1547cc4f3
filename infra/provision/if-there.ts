import { GRPC, grpcCode } from './cloud-error.ts';

/** What a call gives; `undefined` when the service says that there is no such thing. */
export async function ifThere<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (grpcCode(error) === GRPC.notFound) return undefined;
    throw error;
  }
}
