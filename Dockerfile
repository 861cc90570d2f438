# syntax=docker/dockerfile:1
# One image, one role per container: `docker run amends` is everything in one process,
# `docker run amends detector` (or api, remedy) is that part alone, `docker run amends migrate` the command of that name.

FROM node:22-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM packages AS build
COPY .swcrc ./
COPY scripts scripts
COPY apps apps
COPY libs libs
COPY migrations migrations
RUN node scripts/build.mjs

FROM packages AS runtime-packages
# The compiler has done its work.
RUN rm -rf node_modules/@swc node_modules/.bin

FROM node:22-bookworm-slim
ENV NODE_ENV=production AMENDS_DATA_DIR=/var/lib/amends
WORKDIR /app
RUN install --directory --owner=node --group=node /var/lib/amends
COPY --from=runtime-packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY rules rules
COPY scripts/role.mjs scripts/role.mjs
USER node
VOLUME /var/lib/amends
EXPOSE 3000
STOPSIGNAL SIGTERM
# One role per container, so whichever port answers is its own: PORT for standalone, api (3000) and
# remedy (3002), AMENDS_OPS_PORT for the detector (3001).
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD \
  ["node", "-e", "const e = process.env; Promise.any([e.PORT || 3000, e.AMENDS_OPS_PORT || 3001, e.PORT || 3002].map(async (port) => { if (!(await fetch(`http://127.0.0.1:${port}/healthz`)).ok) throw new Error(); })).then(() => process.exit(0), () => process.exit(1))"]
# A batch lives through several collections of a small young generation, and is copied each time. Four helpers for
# collecting, which V8 starts by itself, would keep the database from a core (docs/operating.md).
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=64", "--v8-pool-size=1", "scripts/role.mjs"]
CMD ["standalone"]
