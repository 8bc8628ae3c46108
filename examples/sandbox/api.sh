#!/bin/sh
: "${OTEL_SERVICE_NAME:=reports-api}"
export OTEL_SERVICE_NAME

cd -- "$(dirname -- "$0")" || exit
exec node --import @org/otel/register api.ts
