import {
  createParamDecorator,
  Res,
  RequestMapping,
  RequestMethod,
  SetMetadata,
  type ExecutionContext,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { stateOf } from './request-state';
import type { CallOf, RouteSpec } from './route';
import type { Reply } from './reply';

const ROUTE = 'amends:route';

const METHODS = {
  GET: RequestMethod.GET,
  POST: RequestMethod.POST,
  PUT: RequestMethod.PUT,
  DELETE: RequestMethod.DELETE,
} as const;

const GiveCall = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return stateOf(context.switchToHttp().getRequest<Request>()).call;
});

/** The response is for headers alone. */
type Handler<R> = (call: CallOf<R>, response: Response) => Promise<Reply> | Reply;

/**
 * Binds a declared route to a method of a controller. The method gets the call, read and checked;
 * what it returns is sent by `ReplyInterceptor`.
 */
export function Serve<R extends RouteSpec>(route: R) {
  return <H extends Handler<R>>(
    target: object,
    name: string,
    descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
    RequestMapping({ method: METHODS[route.method], path })(target, name, descriptor);
    SetMetadata(ROUTE, route)(target, name, descriptor);
    GiveCall()(target, name, 0);
    // Nest leaves the response to us.
    Res()(target, name, 1);
  };
}

/** The route that a handler serves. */
export function routeOf(handler: object): RouteSpec {
  const route = Reflect.getMetadata(ROUTE, handler) as RouteSpec | undefined;
  if (route === undefined) throw new Error('the handler serves no declared route');
  return route;
}
