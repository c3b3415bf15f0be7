// The test files in smoke/ as one (see scripts/compile-folders.js).
export {};
