// The test files in report/ as one (see scripts/compile-folders.js).
export {};
