FROM node:24-bookworm-slim AS build
WORKDIR /vigie
COPY package.json package-lock.json ./
# --include=dev: the build needs the compilers even with NODE_ENV=production.
RUN npm ci --include=dev --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY native-free-workers native-free-workers
COPY src src
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
WORKDIR /vigie
# A new named volume copies the owner and mode of this directory.
RUN install --directory --owner=node --group=node --mode=0700 /var/lib/vigie
COPY --from=build /vigie/package.json ./
COPY --from=build /vigie/node_modules node_modules
COPY --from=build /vigie/dist dist
COPY migrations migrations
COPY src/assets src/assets
ENV NODE_ENV=production VIGIE_HOST=0.0.0.0 VIGIE_DATA_DIR=/var/lib/vigie
USER node
EXPOSE 8700
# Allow 120 s to load the index; millions of hashes take a while. The slim image has no curl.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8700/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=64", "dist/src/cli.js", "serve"]
