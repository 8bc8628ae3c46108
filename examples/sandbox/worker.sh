#!/bin/sh
: "${OTEL_SERVICE_NAME:=reports-worker}"
export OTEL_SERVICE_NAME

cd -- "$(dirname -- "$0")" || exit
exec node --import @org/otel/register worker.ts
