// Module hook (node:module, register): the URL of a test's source becomes that of its compiled file.
let places;

export function initialize(data) {
  places = data;
}

export function resolve(specifier, context, nextResolve) {
  const { sources, compiled } = places;
  if (!specifier.startsWith(sources) || !specifier.endsWith('.ts')) return nextResolve(specifier, context);
  const url = `${compiled}${specifier.slice(sources.length, -'.ts'.length)}.mjs`;
  return { url, format: 'module', shortCircuit: true };
}
