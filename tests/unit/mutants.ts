// The test files in mutants/ as one (see scripts/compile-folders.js).
export {};
