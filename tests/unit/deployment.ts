// The test files in deployment/ as one (see scripts/compile-folders.js).
export {};
