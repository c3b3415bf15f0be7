// The test files in records/ as one (see scripts/compile-folders.js).
export {};
