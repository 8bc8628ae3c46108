export { watchHttp as watch } from '../http/watch-http.ts'
