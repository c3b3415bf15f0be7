// The test files in pi/ as one (see scripts/compile-folders.js).
export {};
