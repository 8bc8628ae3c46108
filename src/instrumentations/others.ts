/**
 * The libraries that `@opentelemetry/auto-instrumentations-node` knows beyond our catalogue, by the packages whose
 * loading brings its instrumentation: what is not used costs nothing. Those that say little and often (dns, fs, net,
 * generic-pool, lru-memoizer, router), or watch no library (aws-lambda, host-metrics), are there for the asking.
 */
export const others: Readonly<Record<string, readonly string[]>> = {
  amqplib: ['amqplib'],
  'aws-sdk': [
    '@smithy/middleware-stack',
    '@smithy/core',
    '@smithy/smithy-client',
    '@aws-sdk/middleware-stack',
    '@aws-sdk/smithy-client',
  ],
  'cassandra-driver': ['cassandra-driver'],
  connect: ['connect'],
  cucumber: ['@cucumber/cucumber'],
  dataloader: ['dataloader'],
  graphql: ['graphql'],
  grpc: ['@grpc/grpc-js'],
  hapi: ['@hapi/hapi'],
  kafkajs: ['kafkajs'],
  knex: ['knex'],
  koa: ['koa'],
  memcached: ['memcached'],
  mongodb: ['mongodb'],
  mongoose: ['mongoose'],
  mysql: ['mysql'],
  mysql2: ['mysql2'],
  'nestjs-core': ['@nestjs/core'],
  openai: ['openai'],
  oracledb: ['oracledb'],
  restify: ['restify'],
  'socket.io': ['socket.io'],
  tedious: ['tedious'],
}
