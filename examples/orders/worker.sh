#!/bin/sh
# Every component has a name of its own in traces, metrics and logs.
: "${OTEL_SERVICE_NAME:=orders-worker}"
export OTEL_SERVICE_NAME

cd -- "$(dirname -- "$0")" || exit
exec node --import @org/otel/register worker.ts
