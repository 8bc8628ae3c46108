import './preload.ts'
