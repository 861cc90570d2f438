import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Request } from 'express';
import type { Observable } from 'rxjs';
import { readCall } from './read-call';
import { stateOf } from './request-state';
import { routeOf } from './serve';

/** Reads the request as its route declares it, before the handler is given it. */
@Injectable()
export class CallInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<Request>();
    stateOf(request).call = await readCall(routeOf(context.getHandler()), request);
    return next.handle();
  }
}
