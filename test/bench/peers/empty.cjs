// A program that does nothing: how long it takes to its first line.
require('./tell-start.cjs').tellStart()
