/** The module's bundle for a browser, as scripts/build.js makes it. */
declare module '*?browser' {
  const script: string;
  export default script;
}
