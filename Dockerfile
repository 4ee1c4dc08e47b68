# Passerelle as one image for every role; the command says which: `worker`,
# `scheduler`, `migrate`. tests/integration/deployment rehearses each step.

FROM node:20-slim AS build
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/npm npm ci --cache=/npm
# Generates the database client and compiles, without any download.
RUN npm run build
# The optional packages are the embedded PostgreSQL's programs, which a
# container does not need, and accelerators that have substitutes.
RUN npm prune --omit=dev --omit=optional
RUN rm -rf scripts packages/*/src apps/*/src packages/*/tsconfig* apps/*/tsconfig*

FROM node:20-slim
ENV NODE_ENV=production
# Half of the new space, which a worker fills and leaves: some 9 MB less held, and less
# time collecting.
ENV NODE_OPTIONS=--max-semi-space-size=8
ENV PASSERELLE_DATA_DIR=/var/lib/passerelle
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/prisma ./prisma
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/packages ./packages
COPY --from=build /app/apps ./apps
# A volume mounted here takes over whom it belongs to.
RUN install -d -o 1000 -g 1000 -m 0750 /var/lib/passerelle
# The image's user `node`, by number so that it can be seen not to be root.
USER 1000:1000
ENTRYPOINT ["node", "/app/apps/cli/bin/passerelle.mjs"]
CMD ["--help"]
