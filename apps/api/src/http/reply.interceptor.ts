import { Idempotency, type KeptAnswer } from '@amends/application';
import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { lastValueFrom, of, type Observable } from 'rxjs';
import type { Reply } from './reply';
import { stateOf } from './request-state';
import type { Call } from './route';
import { renderReply, sendAnswer } from './send-reply';

/**
 * Sends what a handler returns. A request with an `Idempotency-Key` is carried out once: its answer
 * is kept, and given again to whoever sends the same request under the same key.
 */
@Injectable()
export class ReplyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: Idempotency) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const { call } = stateOf(request);
    const answer =
      call?.idempotencyKey === undefined
        ? await carryOut(next)
        : await this.once(call, call.idempotencyKey, next);
    sendAnswer(request, response, answer);
    return of(undefined);
  }

  private async once(call: Call, key: string, next: CallHandler): Promise<KeptAnswer> {
    const { request, bytes, actor } = call;
    const fingerprint = `${request.method} ${request.url}\n${bytes.toString('base64')}`;
    const kept = await this.idempotency.take(
      { actor: actor.id, requestId: call.requestId },
      key,
      fingerprint,
    );
    if (kept !== undefined) {
      return { ...kept, headers: { ...kept.headers, 'Idempotent-Replayed': 'true' } };
    }
    let answer: KeptAnswer;
    try {
      answer = await carryOut(next);
    } catch (error) {
      // What refused the request matters more; a key that stays is given up after a minute.
      await this.idempotency.release(actor.id, key).catch(() => undefined);
      throw error;
    }
    await this.idempotency.keep(actor.id, key, answer);
    return answer;
  }
}

async function carryOut(next: CallHandler): Promise<KeptAnswer> {
  return renderReply((await lastValueFrom(next.handle())) as Reply);
}
