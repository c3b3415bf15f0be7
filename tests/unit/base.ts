// The test files in base/ as one (see scripts/compile-folders.js).
export {};
