#!/bin/sh
# Makes the secrets that docker-compose.yml expects, in deploy/docker/secrets.
# What is there already is left as it is: run it again whenever you like.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
# The directory keeps others out. The files themselves must be readable by the
# users inside the containers, who have other numbers than those out here.
chmod 700 secrets
cd secrets

if [ ! -s postgres_password ]; then
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >postgres_password
  rm -f database_url
fi
if [ ! -s database_url ]; then
  printf 'postgresql://passerelle:%s@postgres:5432/passerelle' "$(cat postgres_password)" >database_url
fi
for name in netypareo_password netypareo_token; do
  [ -e "$name" ] || : >"$name"
done
chmod 644 ./*

[ -s netypareo_password ] || [ -s netypareo_token ] ||
  echo "Now write NetYParéo's password into deploy/docker/secrets/netypareo_password." >&2
