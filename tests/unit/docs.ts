// The test files in docs/ as one (see scripts/compile-folders.js).
export {};
