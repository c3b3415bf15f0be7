// The test files in terminal/ as one (see scripts/compile-folders.js).
export {};
