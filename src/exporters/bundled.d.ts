/** A module with all that it imports, as the text of one CommonJS script: see .build/bundled-text.ts. */
declare module '*?bundled' {
  const script: string
  export default script
}
