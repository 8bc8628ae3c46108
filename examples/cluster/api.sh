#!/bin/sh
# The primary only starts workers and has nothing to tell: telemetry waits until it is in one of them.
: "${OTEL_SERVICE_NAME:=visits-api}" "${_OTEL_DEFER_SETUP:=True}"
export OTEL_SERVICE_NAME _OTEL_DEFER_SETUP

cd -- "$(dirname -- "$0")" || exit
exec node --import @org/otel/register api.ts
